// References to custom properties in the value of a declaration: var(--name) and var(--name, what stands in for it).

/** The names that a value refers to, also in what stands in. */
export function references(value) {
  return [...value.matchAll(/var\(\s*(--[\w-]+)/g)].map((found) => found[1]);
}

/** The value with those references replaced for which `replace(name, fallback)` does not answer null. */
export function mapReferences(value, replace) {
  const start = value.search(/var\(/);
  if (start < 0) return value;
  let depth = 0;
  let end = start + 3;
  let comma = -1;
  for (; end < value.length; end += 1) {
    if (value[end] === '(') depth += 1;
    if (value[end] === ',' && depth === 1 && comma < 0) comma = end;
    if (value[end] === ')' && (depth -= 1) === 0) break;
  }
  const name = value.slice(start + 4, comma < 0 ? end : comma).trim();
  const fallback = comma < 0 ? undefined : mapReferences(value.slice(comma + 1, end).trim(), replace);
  const replaced = replace(name, fallback) ?? `var(${name}${fallback === undefined ? '' : `, ${fallback}`})`;
  return value.slice(0, start) + replaced + mapReferences(value.slice(end + 1), replace);
}
