import { Module } from '@nestjs/common';
import { DocumentDesk } from './document-desk.js';
import { DocumentsController } from './documents.controller.js';

/** Needs `Secrets` and `Env` from the application, for links to documents. */
@Module({ controllers: [DocumentsController], providers: [DocumentDesk], exports: [DocumentDesk] })
export class DocumentsModule {}
