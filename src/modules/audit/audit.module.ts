import { Module } from '@nestjs/common';
import { AuditAdminController } from './audit.admin.controller.js';

/** Recomputes the invariants of the product from its rows. Reads everything, and nobody imports it. */
@Module({ controllers: [AuditAdminController] })
export class AuditModule {}
