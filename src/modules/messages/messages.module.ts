import { Module } from '@nestjs/common';
import { QueueHints } from './dispatch/queue-hints.js';
import { MessagesService } from './messages.service.js';

@Module({ providers: [MessagesService, QueueHints], exports: [MessagesService, QueueHints] })
export class MessagesModule {}
