import { Body, Controller, Delete, HttpCode, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Database } from '../../database/database.js';
import { ApiProblems, CurrentPrincipal, type Principal, Public, SignedIn } from '../../gateway/index.js';
import { SignIn } from './actions/sign-in.js';
import { ClientAddress } from './client-address.js';
import { CreateSessionDto, RefreshSessionDto, SessionDto } from './dto/session.dto.js';
import { SessionsService } from './sessions.service.js';

@ApiTags('sessions')
@Controller('v1/sessions')
export class SessionsController {
  constructor(
    private readonly database: Database,
    private readonly signIn: SignIn,
    private readonly sessions: SessionsService,
  ) {}

  @Post()
  @Public()
  @ApiOperation({ summary: 'Sign in with login and password', operationId: 'createSession' })
  @ApiProblems(401, 403, 422, 429)
  @ApiCreatedResponse({ type: SessionDto })
  async create(@Body() body: CreateSessionDto, @ClientAddress() address: string): Promise<SessionDto> {
    return SessionDto.of(await this.signIn.user({ ...body, address }));
  }

  /** Each refresh token is good for one use. One that comes a second time has been copied: the session ends. */
  @Post('refresh')
  @Public()
  @HttpCode(200)
  @ApiOperation({ summary: 'Exchange a refresh token for new tokens', operationId: 'refreshSession' })
  @ApiProblems(401, 422)
  @ApiOkResponse({ type: SessionDto })
  async refresh(@Body() body: RefreshSessionDto): Promise<SessionDto> {
    return SessionDto.of(await this.sessions.refresh(body.refreshToken, 'user'));
  }

  @Delete('current')
  @SignedIn()
  @HttpCode(204)
  @ApiOperation({ summary: 'Sign out', operationId: 'deleteCurrentSession' })
  @ApiNoContentResponse()
  async endCurrent(@CurrentPrincipal() { sessionId }: Principal): Promise<void> {
    if (sessionId) await this.sessions.end(sessionId);
  }

  @Delete()
  @SignedIn()
  @HttpCode(204)
  @ApiOperation({ summary: 'Sign out everywhere', operationId: 'deleteSessions' })
  @ApiNoContentResponse()
  async endAll(@CurrentPrincipal() principal: Principal): Promise<void> {
    if (principal.kind !== 'user') return;
    await this.database.transaction((tx) => this.sessions.endAll(tx, principal.id, 'logout_all'));
  }
}
