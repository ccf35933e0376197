import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Database } from '../../database/database.js';
import { ApiProblems, isUniqueViolation, Staff } from '../../gateway/index.js';
import { Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/domain-error.js';
import { newId } from '../../kernel/ids.js';
import { checkTaxIdentity, normaliseTaxNumber } from './domain/tax-numbers.js';
import { zoneOfSeller } from './domain/seller-zones.js';
import { CreateLegalEntityDto, LegalEntityResponse } from './dto/legal-entity.dto.js';
import { badFields } from './invoices.errors.js';
import { ENTITY_COLUMNS, type LegalEntityRow, listSellers } from './persistence/legal-entities.js';

/** Who sells: the operator's own companies. */
@ApiTags('admin: invoices')
@Controller('admin/v1/legal-entities')
export class LegalEntitiesAdminController {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  @Post()
  @Staff('legal-entities:write')
  @ApiOperation({
    summary: 'Add a company that sells; a default one replaces the default of its currency',
    operationId: 'createLegalEntity',
  })
  @ApiCreatedResponse({ type: LegalEntityResponse })
  @ApiProblems(409, 422)
  async create(@Body() body: CreateLegalEntityDto): Promise<LegalEntityResponse> {
    const taxNumber = normaliseTaxNumber(body.country, body.taxNumber);
    const errors = checkTaxIdentity({ country: body.country, taxNumber, taxReasonCode: body.taxReasonCode });
    const timeZone = body.timeZone ?? zoneOfSeller(body.country);
    if (timeZone === null) errors.push({ pointer: '/timeZone', code: 'time_zone_required' });
    if (errors.length > 0) throw badFields(errors);
    try {
      return await this.insert(body, taxNumber, timeZone!);
    } catch (error) {
      if (isUniqueViolation(error, 'legal_entities_code')) throw new DomainError('conflict', 'legal_entity_exists');
      throw error;
    }
  }

  @Get()
  @Staff('legal-entities:read')
  @ApiOperation({ summary: 'Companies that sell', operationId: 'listLegalEntities' })
  @ApiOkResponse({ type: [LegalEntityResponse] })
  async list(): Promise<LegalEntityResponse[]> {
    return (await listSellers(this.database)).map(LegalEntityResponse.of);
  }

  private insert(body: CreateLegalEntityDto, taxNumber: string, timeZone: string): Promise<LegalEntityResponse> {
    const now = this.clock.now();
    return this.database.transaction(async (tx) => {
      if (body.isDefault)
        await tx.query(
          `UPDATE legal_entities SET is_default = false, updated_at = $2 WHERE currency = $1 AND is_default`,
          [body.currency, now],
        );
      const [row] = await tx.query<LegalEntityRow>(
        `INSERT INTO legal_entities (id, code, country, currency, name, tax_number, tax_reason_code, vat_number, address, bank, vat_regime, series,
                                     time_zone, director, accountant, is_default, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $17) RETURNING ${ENTITY_COLUMNS}`,
        [
          newId(now),
          body.code,
          body.country,
          body.currency,
          body.name,
          taxNumber,
          body.taxReasonCode ?? null,
          body.vatNumber ?? null,
          body.address,
          JSON.stringify(body.bank),
          body.vatRegime,
          body.series,
          timeZone,
          body.director ?? null,
          body.accountant ?? null,
          body.isDefault ?? false,
          now,
        ],
      );
      return LegalEntityResponse.of(row!);
    });
  }
}
