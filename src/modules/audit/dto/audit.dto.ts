import { ApiProperty } from '@nestjs/swagger';

export class ViolationResponse {
  @ApiProperty({ example: '1.wallet_available', description: 'Number of the invariant, and what was compared.' })
  invariant: string;

  @ApiProperty({ format: 'uuid' })
  accountId: string;

  @ApiProperty({ example: 'wallet:0199f1c2-6b8e-7000-8000-4a1f6d2c9b10' })
  subject: string;

  @ApiProperty({ example: '5000000000', description: 'Recomputed from the other rows; amounts in micro-units.' })
  expected: string;

  @ApiProperty({ example: '4999999999' })
  actual: string;
}

export class AuditResponse {
  @ApiProperty({ type: String, format: 'date-time' })
  checkedAt: string;

  @ApiProperty({ description: 'No violation was found.' })
  clean: boolean;

  @ApiProperty({ type: [ViolationResponse] })
  violations: ViolationResponse[];
}
