export { ContactsModule } from './contacts.module.js';
export { ContactsService, type AccountNumber, type OptOut, type OptOutSource } from './contacts.service.js';
