import { DomainError, type FieldError } from '../../../kernel/domain-error.js';

export type JsonObject = Record<string, unknown>;

/** Reads data that ops wrote, and names every bad field by its pointer instead of stopping at the first one. */
export class ShapeReader {
  private readonly errors: FieldError[] = [];

  fail(pointer: string, code: string, params?: FieldError['params']): void {
    // One error for a field is enough; the first one is the most basic.
    if (this.errors.some((error) => error.pointer === pointer)) return;
    this.errors.push({ pointer, code, ...(params && { params }) });
  }

  /** Throws DomainError `invalid_provider_settings` with all that was found. */
  finish(): void {
    if (this.errors.length > 0) {
      throw new DomainError('invalid', 'invalid_provider_settings', { errors: this.errors.slice(0, 50) });
    }
  }

  /** Null when it is not one. Members that are not in `known` are refused. */
  object(value: unknown, pointer: string, known?: readonly string[]): JsonObject | null {
    if (!isObject(value)) {
      this.fail(pointer, value === undefined ? 'required' : 'object_expected');
      return null;
    }
    for (const key of Object.keys(value))
      if (known && !known.includes(key)) this.fail(at(pointer, key), 'unknown_field');
    return value;
  }

  text(value: unknown, pointer: string, { max = 2_000, min = 1, pattern = /^/ } = {}): string {
    if (typeof value !== 'string') this.fail(pointer, value === undefined ? 'required' : 'text_expected');
    else if (value.length < min || value.length > max) this.fail(pointer, 'bad_length', { min, max });
    else if (!pattern.test(value)) this.fail(pointer, 'invalid_value');
    else return value;
    return '';
  }

  int(value: unknown, pointer: string, min: number, max: number): number {
    if (Number.isInteger(value) && (value as number) >= min && (value as number) <= max) return value as number;
    this.fail(pointer, value === undefined ? 'required' : 'out_of_range', { min, max });
    return min;
  }

  oneOf<T extends string>(value: unknown, pointer: string, values: readonly T[]): T {
    if (values.includes(value as T)) return value as T;
    this.fail(pointer, value === undefined ? 'required' : 'not_one_of', { values: values.join(', ') });
    return values[0]!;
  }

  list<T>(value: unknown, pointer: string, max: number, read: (item: unknown, pointer: string) => T): T[] {
    if (!Array.isArray(value) || value.length > max) {
      this.fail(pointer, value === undefined ? 'required' : 'list_expected', { max });
      return [];
    }
    return value.map((item, index) => read(item, at(pointer, String(index))));
  }

  map<T>(value: unknown, pointer: string, read: (item: unknown, pointer: string, key: string) => T): Record<string, T> {
    const object = this.object(value, pointer);
    if (!object) return {};
    const keys = Object.keys(object);
    if (keys.length > 100) this.fail(pointer, 'too_many', { max: 100 });
    return Object.fromEntries(keys.map((key) => [key, read(object[key], at(pointer, key), key)]));
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One step further down in a pointer. */
export function at(pointer: string, key: string): string {
  return `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
