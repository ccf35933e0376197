import { ApiProperty } from '@nestjs/swagger';
import { IsString, Length, MaxLength } from 'class-validator';
import type { TokenPair } from '../sessions.service.js';

export class CreateSessionDto {
  /** @example "anna@clinic.example" */
  @IsString()
  @Length(1, 100)
  login: string;

  /** @example "a long and private sentence" */
  @IsString()
  @MaxLength(200)
  password: string;
}

export class RefreshSessionDto {
  /** Good for one use: the answer brings the next. */
  @IsString()
  @Length(10, 200)
  refreshToken: string;
}

export class SessionDto {
  /** `Bearer` */
  tokenType: 'Bearer';

  /** A JWT for `Authorization: Bearer`. */
  accessToken: string;

  /**
   * Seconds for which the access token holds.
   * @example 900
   */
  expiresIn: number;

  /** Good for one use at `/refresh`. Using it twice ends the session. */
  refreshToken: string;

  @ApiProperty({ type: String, format: 'date-time' })
  refreshExpiresAt: string;

  static of(this: void, pair: TokenPair): SessionDto {
    return { tokenType: 'Bearer', ...pair, refreshExpiresAt: pair.refreshExpiresAt.toISOString() };
  }
}
