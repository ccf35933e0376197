import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/index.js';
import { ContactsService } from './contacts.service.js';
import { OptOutsController } from './opt-outs.controller.js';

@Module({
  imports: [AccountsModule],
  controllers: [OptOutsController],
  providers: [ContactsService],
  exports: [ContactsService],
})
export class ContactsModule {}
