import { documentWebhook } from '../../gateway/index.js';
import { TEST_EVENT } from './domain/events.js';
import { MessageInboundEventDto, TestEventDto } from './dto/webhook-event.dto.js';

const HOW = [
  'Signed as Standard Webhooks has it: `webhook-signature` holds one or more `v1,<base64>`, each the HMAC-SHA256 of',
  '`<webhook-id>.<webhook-timestamp>.<body>` under a secret of the endpoint.',
  'Any 2xx within 15 seconds is a success, 410 disables the endpoint, everything else is tried again over about three days.',
  'The same event may come more than once, always under the same `webhook-id`.',
].join(' ');

documentWebhook('message.inbound', {
  summary: 'A phone wrote to a number of the account, or answered one of its messages',
  description: HOW,
  operationId: 'onMessageInbound',
  payload: MessageInboundEventDto,
});
documentWebhook(TEST_EVENT, {
  summary: 'A trial that was asked for',
  description: HOW,
  operationId: 'onWebhookTest',
  payload: TestEventDto,
});
