import { Body, Controller, Get, HttpCode, Patch, Put } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Database } from '../../database/database.js';
import { ApiProblems, CurrentPrincipal, type Principal, SignedIn } from '../../gateway/index.js';
import { Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/domain-error.js';
import { ChangePassword } from './actions/change-password.js';
import { ChangePasswordDto, MeDto, UpdateMeDto, UserDto } from './dto/user.dto.js';
import { UsersRepository } from './persistence/users.repository.js';

@ApiTags('users')
@Controller('v1/me')
@SignedIn()
export class MeController {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly users: UsersRepository,
    private readonly changePassword: ChangePassword,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Who am I, and what may I do', operationId: 'getMe' })
  @ApiOkResponse({ type: MeDto })
  async get(@CurrentPrincipal() principal: Principal): Promise<MeDto> {
    const accountId = principal.accountId!;
    const user = principal.kind === 'user' ? await this.users.find(accountId, principal.id) : undefined;
    return {
      kind: principal.kind === 'user' ? 'user' : 'api_key',
      id: principal.id,
      accountId,
      mode: principal.mode,
      permissions: [...principal.permissions].sort(),
      restriction: principal.restriction ?? null,
      ...(user && { user: UserDto.of(user) }),
    };
  }

  @Patch()
  @ApiOperation({ summary: 'Change my name, e-mail or language', operationId: 'updateMe' })
  @ApiProblems(404, 422)
  @ApiOkResponse({ type: UserDto })
  async update(@CurrentPrincipal() principal: Principal, @Body() body: UpdateMeDto): Promise<UserDto> {
    if (principal.kind !== 'user') throw new DomainError('not_found', 'user_not_found');
    const key = { accountId: principal.accountId!, id: principal.id, version: null };
    const row = await this.database.transaction((tx) => this.users.update(tx, key, body, this.clock.now()));
    if (!row) throw new DomainError('not_found', 'user_not_found');
    return UserDto.of(row);
  }

  @Put('password')
  @HttpCode(204)
  @ApiOperation({ summary: 'Change my password; my other sessions end', operationId: 'changeMyPassword' })
  @ApiProblems(404, 422, 429)
  @ApiNoContentResponse()
  async password(@CurrentPrincipal() principal: Principal, @Body() body: ChangePasswordDto): Promise<void> {
    await this.changePassword.run(principal, body.currentPassword, body.newPassword);
  }
}
