import { Body, Controller, Delete, Get, HttpCode, Patch, Post, Put, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Database } from '../../database/database.js';
import { decodeIdCursor, toPage } from '../../database/page.js';
import {
  ApiIfMatch,
  ApiProblems,
  CurrentPrincipal,
  etagOf,
  IdParam,
  IfMatch,
  PageQuery,
  type Principal,
  Public,
  SignedInStaff,
  Staff,
} from '../../gateway/index.js';
import { DomainError } from '../../kernel/domain-error.js';
import { ChangePassword } from './actions/change-password.js';
import { ManageStaff } from './actions/manage-staff.js';
import { SignIn } from './actions/sign-in.js';
import { ClientAddress } from './client-address.js';
import { CreateSessionDto, RefreshSessionDto, SessionDto } from './dto/session.dto.js';
import { CreateStaffDto, StaffDto, StaffMeDto, StaffPageDto, UpdateStaffDto } from './dto/staff.dto.js';
import { ChangePasswordDto } from './dto/user.dto.js';
import { StaffRepository } from './persistence/staff.repository.js';
import { SessionsService } from './sessions.service.js';

@ApiTags('staff')
@Controller('admin/v1')
export class StaffAdminController {
  constructor(
    private readonly database: Database,
    private readonly signIn: SignIn,
    private readonly sessions: SessionsService,
    private readonly staff: StaffRepository,
    private readonly manage: ManageStaff,
    private readonly changePassword: ChangePassword,
  ) {}

  @Post('sessions')
  @Public()
  @ApiOperation({ summary: 'Sign in as one of the operator’s staff', operationId: 'createStaffSession' })
  @ApiProblems(401, 403, 422, 429)
  @ApiCreatedResponse({ type: SessionDto })
  async createSession(@Body() body: CreateSessionDto, @ClientAddress() address: string): Promise<SessionDto> {
    return SessionDto.of(await this.signIn.operator({ ...body, address }));
  }

  @Post('sessions/refresh')
  @Public()
  @HttpCode(200)
  @ApiOperation({ summary: 'Exchange a refresh token for new tokens', operationId: 'refreshStaffSession' })
  @ApiProblems(401, 422)
  @ApiOkResponse({ type: SessionDto })
  async refresh(@Body() body: RefreshSessionDto): Promise<SessionDto> {
    return SessionDto.of(await this.sessions.refresh(body.refreshToken, 'staff'));
  }

  @Delete('sessions/current')
  @SignedInStaff()
  @HttpCode(204)
  @ApiOperation({ summary: 'Sign out', operationId: 'deleteCurrentStaffSession' })
  @ApiNoContentResponse()
  async endCurrent(@CurrentPrincipal() { sessionId }: Principal): Promise<void> {
    if (sessionId) await this.sessions.end(sessionId);
  }

  @Delete('sessions')
  @SignedInStaff()
  @HttpCode(204)
  @ApiOperation({ summary: 'Sign out everywhere', operationId: 'deleteStaffSessions' })
  @ApiNoContentResponse()
  async endAll(@CurrentPrincipal() principal: Principal): Promise<void> {
    await this.database.transaction((tx) => this.sessions.endAll(tx, principal.id, 'logout_all'));
  }

  @Get('me')
  @SignedInStaff()
  @ApiOperation({ summary: 'Who am I among the staff', operationId: 'getStaffMe' })
  @ApiOkResponse({ type: StaffMeDto })
  async me(@CurrentPrincipal() principal: Principal): Promise<StaffMeDto> {
    const row = await this.staff.find(principal.id);
    if (!row) throw new DomainError('not_found', 'user_not_found');
    return { ...StaffDto.of(row), permissions: [...principal.permissions].sort() };
  }

  @Put('me/password')
  @SignedInStaff()
  @HttpCode(204)
  @ApiOperation({ summary: 'Change my password; my other sessions end', operationId: 'changeMyStaffPassword' })
  @ApiProblems(422, 429)
  @ApiNoContentResponse()
  async password(@CurrentPrincipal() principal: Principal, @Body() body: ChangePasswordDto): Promise<void> {
    await this.changePassword.run(principal, body.currentPassword, body.newPassword);
  }

  @Get('staff')
  @Staff('staff:read')
  @ApiOperation({ summary: 'The operator’s staff', operationId: 'listStaff' })
  @ApiProblems(400, 422)
  @ApiOkResponse({ type: StaffPageDto })
  async list(@Query() { cursor, limit }: PageQuery): Promise<StaffPageDto> {
    const after = decodeIdCursor(cursor);
    return toPage(await this.staff.list(after, limit), limit, ({ id }) => [id], StaffDto.of);
  }

  @Get('staff/:id')
  @Staff('staff:read')
  @ApiOperation({ summary: 'One of the staff', operationId: 'getStaff' })
  @ApiProblems(404)
  @ApiOkResponse({ type: StaffDto })
  async get(@IdParam() id: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<StaffDto> {
    const row = await this.staff.find(id);
    if (!row) throw new DomainError('not_found', 'user_not_found');
    reply.header('etag', etagOf(row.version));
    return StaffDto.of(row);
  }

  @Post('staff')
  @Staff('staff:write')
  @ApiOperation({ summary: 'Add one of the staff', operationId: 'createStaff' })
  @ApiProblems(409, 422)
  @ApiCreatedResponse({ type: StaffDto })
  async create(@Body() body: CreateStaffDto): Promise<StaffDto> {
    return StaffDto.of(await this.manage.add({ ...body, email: body.email ?? null }));
  }

  @Patch('staff/:id')
  @Staff('staff:write')
  @ApiOperation({ summary: 'Change one of the staff', operationId: 'updateStaff' })
  @ApiIfMatch()
  @ApiProblems(404, 409, 422)
  @ApiOkResponse({ type: StaffDto })
  async update(
    @IdParam() id: string,
    @IfMatch() version: number,
    @Body() body: UpdateStaffDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StaffDto> {
    const row = await this.manage.change({ id, version }, body);
    reply.header('etag', etagOf(row.version));
    return StaffDto.of(row);
  }
}
