import { Body, Controller, Get, HttpCode, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { decodeIdCursor, toPage } from '../../database/page.js';
import {
  actorOf,
  ApiIfMatch,
  ApiProblems,
  CurrentAccount,
  CurrentPrincipal,
  etagOf,
  IdParam,
  IfMatch,
  PageQuery,
  type Principal,
  Public,
  RequirePermission,
} from '../../gateway/index.js';
import { DomainError } from '../../kernel/domain-error.js';
import { ManageUsers } from './actions/manage-users.js';
import { assertStrong } from './domain/new-password.js';
import {
  AcceptedInvitationDto,
  AcceptInvitationDto,
  CreateUserDto,
  InvitedUserDto,
  UpdateUserDto,
  UserDto,
  UserPageDto,
} from './dto/user.dto.js';
import { UsersRepository } from './persistence/users.repository.js';

@ApiTags('users')
@Controller('v1')
export class UsersController {
  constructor(
    private readonly users: UsersRepository,
    private readonly manage: ManageUsers,
  ) {}

  @Get('users')
  @RequirePermission('users:read')
  @ApiOperation({ summary: 'Users who have access to the account', operationId: 'listUsers' })
  @ApiProblems(400, 422)
  @ApiOkResponse({ type: UserPageDto })
  async list(@CurrentAccount() accountId: string, @Query() { cursor, limit }: PageQuery): Promise<UserPageDto> {
    const after = decodeIdCursor(cursor);
    const rows = await this.users.list(accountId, after, limit);
    return toPage(rows, limit, ({ id }) => [id], UserDto.of);
  }

  @Get('users/:id')
  @RequirePermission('users:read')
  @ApiOperation({ summary: 'One user', operationId: 'getUser' })
  @ApiProblems(404)
  @ApiOkResponse({ type: UserDto })
  async get(
    @CurrentAccount() accountId: string,
    @IdParam() id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UserDto> {
    const user = await this.users.find(accountId, id);
    if (!user) throw new DomainError('not_found', 'user_not_found');
    reply.header('etag', etagOf(user.version));
    return UserDto.of(user);
  }

  @Post('users')
  @RequirePermission('users:write')
  @ApiOperation({ summary: 'Invite a user', operationId: 'createUser' })
  @ApiProblems(409, 422)
  @ApiCreatedResponse({ type: InvitedUserDto })
  async create(
    @CurrentAccount() accountId: string,
    @CurrentPrincipal() principal: Principal,
    @Body() body: CreateUserDto,
  ): Promise<InvitedUserDto> {
    const { user, token, expiresAt } = await this.manage.invite(
      { actor: actorOf(principal), permissions: principal.permissions },
      {
        accountId,
        ...body,
        name: body.name ?? null,
        permissions: body.permissions ?? null,
        locale: body.locale ?? null,
      },
    );
    return { user: UserDto.of(user), invitationToken: token, invitationExpiresAt: expiresAt.toISOString() };
  }

  @Patch('users/:id')
  @RequirePermission('users:write')
  @ApiOperation({ summary: 'Change a user: role, rights, status', operationId: 'updateUser' })
  @ApiIfMatch()
  @ApiProblems(404, 409, 422)
  @ApiOkResponse({ type: UserDto })
  async update(
    @CurrentAccount() accountId: string,
    @CurrentPrincipal() principal: Principal,
    @IdParam() id: string,
    @IfMatch() version: number,
    @Body() body: UpdateUserDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UserDto> {
    const by = { actor: actorOf(principal), permissions: principal.permissions };
    const user = await this.manage.change(by, { accountId, id, version }, body);
    reply.header('etag', etagOf(user.version));
    return UserDto.of(user);
  }

  @Post('invitations/accept')
  @Public()
  @HttpCode(200)
  @ApiOperation({ summary: 'Choose a password with an invitation', operationId: 'acceptInvitation' })
  @ApiProblems(404, 422)
  @ApiOkResponse({ type: AcceptedInvitationDto })
  async accept(@Body() body: AcceptInvitationDto): Promise<AcceptedInvitationDto> {
    const user = await this.manage.accept(body.token, body.password, (login) => assertStrong(body.password, login));
    return { accountId: user.account_id, userId: user.id, login: user.login };
  }
}
