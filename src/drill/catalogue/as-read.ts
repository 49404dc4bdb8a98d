import { z } from 'zod'

type Schema = z.core.$ZodType

/**
 * The schema of what a schema reads things into: where a person writes `6s` or leaves a field out, it asks for 6000 and
 * for every field. One definition serves both the file and the wire, so that a new fault needs no second one.
 */
export function asRead<S extends z.ZodType>(schema: S): z.ZodType<z.output<S>> {
  return readForm(schema) as z.ZodType<z.output<S>>
}

function readForm(schema: Schema): Schema {
  if (schema instanceof z.ZodDiscriminatedUnion) {
    const [first, ...others] = schema.options.map(
      (option) => readForm(option) as z.core.$ZodTypeDiscriminable,
    )
    return first === undefined ? schema : z.discriminatedUnion(schema.def.discriminator, [first, ...others])
  }
  if (schema instanceof z.ZodObject) {
    const fields = Object.entries<Schema>(schema.shape)
    return z.strictObject(Object.fromEntries(fields.map(([name, field]) => [name, readForm(field)])))
  }
  if (schema instanceof z.ZodExactOptional) return z.exactOptional(readForm(schema.def.innerType))
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return readForm(schema.def.innerType)
  return schema instanceof z.ZodPipe ? plain(schema.def.out) : schema
}

/** The number that a quantity is read into, with its bounds but not with the words that ask for `6s` or `50%`. */
function plain(schema: Schema): Schema {
  if (!(schema instanceof z.ZodNumber)) return schema
  return z
    .number()
    .min(schema.minValue ?? -Infinity)
    .max(schema.maxValue ?? Infinity)
}
