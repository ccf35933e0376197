export { DispatchModule } from './dispatch/dispatch.module.js';
export { Dispatcher } from './dispatch/dispatcher.js';
export * from './domain/accept-request.js';
export * from './domain/changes.js';
export * from './domain/message-group.js';
export * from './domain/message.js';
export * from './domain/transitions.js';
export { MessagesModule } from './messages.module.js';
export { MessagesService } from './messages.service.js';
