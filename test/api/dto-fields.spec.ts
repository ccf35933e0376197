import { readFileSync } from 'node:fs';
import { getMetadataStorage } from 'class-validator';
import { Env } from '../../src/config/env.js';
import '../../src/entrypoints/app.module.js';

interface Rule {
  type: string;
  name?: string;
  propertyName: string;
  constraints: ((object: object, value: unknown) => boolean)[];
}
interface Schema {
  required?: string[];
  properties?: Record<string, { type?: string | string[]; oneOf?: { type?: string }[]; anyOf?: { type?: string }[] }>;
}

const { components }: { components: { schemas: Record<string, Schema> } } = JSON.parse(
  readFileSync(new URL('../../../openapi/openapi.json', import.meta.url), 'utf8'),
);

/** Every field of every DTO that has rules, with the rules that it was given or inherited. */
function fields(): { where: string; dto: Function; property: string; rules: Rule[] }[] {
  const storage = getMetadataStorage() as unknown as { validationMetadatas: Map<Function, unknown> };
  const classes = [...storage.validationMetadatas.keys()].filter((one) => one !== Env);
  return classes.flatMap((dto) => {
    const rules = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false) as unknown as Rule[];
    const names = [...new Set(rules.map(({ propertyName }) => propertyName))];
    return names.map((property) => ({
      where: `${dto.name}.${property}`,
      dto,
      property,
      rules: rules.filter(({ propertyName }) => propertyName === property),
    }));
  });
}

const passes = (rules: Rule[], property: string, value: unknown): boolean =>
  rules.some(
    ({ type, constraints }) => type === 'conditionalValidation' && !constraints[0]!({ [property]: value }, value),
  );

const isNullable = ({ type, oneOf, anyOf }: NonNullable<Schema['properties']>[string]): boolean =>
  [type].flat().includes('null') || [...(oneOf ?? []), ...(anyOf ?? [])].some((one) => one.type === 'null');

describe('Fields of requests', () => {
  it('are many', () => expect(fields().length).toBeGreaterThan(150));

  it('say whether they may be left out or null by the rules of the house: @IsOptional() lets null through unseen', () => {
    expect(fields().filter(({ rules }) => rules.some(({ name }) => name === 'isOptional'))).toEqual([]);
  });

  it('take objects by @Nested and @NestedList: an array would pass as an object without fields', () => {
    const nested = fields().filter(({ rules }) => rules.some(({ type }) => type === 'nestedValidation'));
    expect(nested.length).toBeGreaterThan(3);
    const unchecked = nested.filter(({ rules }) => !rules.some(({ name }) => name === 'object_expected'));
    expect(unchecked.map(({ where }) => where)).toEqual([]);
  });

  it('are documented as they are read: required, optional, nullable', () => {
    const documented = fields().flatMap(({ where, dto, property, rules }) => {
      const schema = components.schemas[dto.name];
      const shown = schema?.properties?.[property];
      return schema && shown
        ? [{ where, required: schema.required?.includes(property) ?? false, shown, rules, property }]
        : [];
    });
    expect(documented.length).toBeGreaterThan(100);
    for (const { where, required, shown, rules, property } of documented) {
      expect({ where, required, nullable: isNullable(shown) }).toEqual({
        where,
        required: !passes(rules, property, undefined),
        nullable: passes(rules, property, null),
      });
    }
  });
});
