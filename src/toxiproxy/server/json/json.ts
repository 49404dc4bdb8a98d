/**
 * A JSON value as it stands in the text. Keys keep their order and may repeat, and numbers stay text, because Toxiproxy
 * decides by both: keys match whatever their case, the last one wins, and `1.0` is no integer.
 */
export type Json =
  | { kind: 'object'; members: [key: string, value: Json][] }
  | { kind: 'array'; items: Json[] }
  | { kind: 'string'; value: string }
  | { kind: 'number'; text: string }
  | { kind: 'bool'; value: boolean }
  | { kind: 'null' }
