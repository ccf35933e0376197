import { Body, Controller, Get, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { decodeIdCursor, toPage } from '../../database/page.js';
import {
  actorOf,
  ApiIfMatch,
  ApiProblems,
  CurrentPrincipal,
  etagOf,
  IdParam,
  IfMatch,
  PageQuery,
  type Principal,
  Staff,
} from '../../gateway/index.js';
import { AccountsService } from '../accounts/index.js';
import { ManageUsers } from './actions/manage-users.js';
import { EVERYTHING } from './domain/permissions.js';
import { CreateUserDto, InvitedUserDto, UpdateUserDto, UserDto, UserPageDto } from './dto/user.dto.js';
import { UsersRepository } from './persistence/users.repository.js';

/** Logins that the operator's manager makes for an account, and hands over as invitations. */
@ApiTags('accounts')
@Controller('admin/v1/accounts/:accountId/users')
export class AccountUsersAdminController {
  constructor(
    private readonly accounts: AccountsService,
    private readonly users: UsersRepository,
    private readonly manage: ManageUsers,
  ) {}

  @Get()
  @Staff('users:read')
  @ApiOperation({ summary: 'Users of an account', operationId: 'listAccountUsers' })
  @ApiProblems(400, 404, 422)
  @ApiOkResponse({ type: UserPageDto })
  async list(@IdParam('accountId') accountId: string, @Query() { cursor, limit }: PageQuery): Promise<UserPageDto> {
    await this.accounts.get(accountId);
    const after = decodeIdCursor(cursor);
    return toPage(await this.users.list(accountId, after, limit), limit, ({ id }) => [id], UserDto.of);
  }

  @Post()
  @Staff('users:write')
  @ApiOperation({ summary: 'Invite a user into an account', operationId: 'createAccountUser' })
  @ApiProblems(404, 409, 422)
  @ApiCreatedResponse({ type: InvitedUserDto })
  async create(
    @IdParam('accountId') accountId: string,
    @CurrentPrincipal() principal: Principal,
    @Body() body: CreateUserDto,
  ): Promise<InvitedUserDto> {
    const { user, token, expiresAt } = await this.manage.invite(
      { actor: actorOf(principal), permissions: EVERYTHING },
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

  @Patch(':id')
  @Staff('users:write')
  @ApiOperation({ summary: 'Change a user of an account', operationId: 'updateAccountUser' })
  @ApiIfMatch()
  @ApiProblems(404, 409, 422)
  @ApiOkResponse({ type: UserDto })
  async update(
    @IdParam('accountId') accountId: string,
    @IdParam() id: string,
    @CurrentPrincipal() principal: Principal,
    @IfMatch() version: number,
    @Body() body: UpdateUserDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UserDto> {
    const by = { actor: actorOf(principal), permissions: EVERYTHING };
    const user = await this.manage.change(by, { accountId, id, version }, body);
    reply.header('etag', etagOf(user.version));
    return UserDto.of(user);
  }
}
