export {
  ALPHABET_POLICIES,
  type AlphabetPolicy,
  type CompiledTemplate,
  type CompiledText,
  type TextSource,
} from './domain/compiled-template.js';
export { TemplatesModule } from './templates.module.js';
export { TemplatesService } from './templates.service.js';
