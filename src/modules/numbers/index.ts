export { OPERATOR_CODE } from './domain/operator.js';
export { NumbersModule } from './numbers.module.js';
export { NumbersService, type OperatorLookup } from './numbers.service.js';
