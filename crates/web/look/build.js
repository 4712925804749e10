// Writes the style sheet of the family's portal to standard output: the design tokens that are used, our own values of some
// (theme.css), the components of NL Design System that pages use (used.js), and what it has no component for (own.css), in this
// order. Nothing that no page needs: the whole library is 400 kB and the whole theme 200 kB. What a municipality sets comes
// after it, in a file of its own.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import postcss from 'postcss';

import { CLASSES, ELEMENTS } from './used.js';
import { mapReferences, references } from './values.js';

const here = dirname(fileURLToPath(import.meta.url));
const LIBRARY = '@utrecht/component-library-css';
const TOKENS = '@nl-design-system-unstable/voorbeeld-design-tokens';

/** What no page has: it is waited for, switched off, pressed or hidden by a script. */
const SCRIPTED = /\[aria-busy|^[^(]*\[aria-disabled|\[aria-pressed|\[hidden\]|^[^(]*:disabled|:fullscreen|:lang\(/;

const components = postcss.root();
components.append(...keptRules(`${LIBRARY}/dist/index.css`, byClass));
components.append(...keptRules(`${LIBRARY}/dist/html.css`, byElement));
foldInternals(components);
const own = ownFile('own.css');
const theme = ownFile('theme.css');
const tokens = usedTokens([components, own, theme]);

process.stdout.write(
  [head(), small(tokens), small(theme), small(components), small(own)].join('\n') + '\n',
);

/** The rules of a file whose selectors `keep` keeps. */
function keptRules(path, keep) {
  const root = postcss.parse(inPackages(path));
  root.walkComments((comment) => comment.remove());
  root.walkRules((rule) => {
    const selectors = rule.selectors.map(keep).filter((selector) => selector && !SCRIPTED.test(selector));
    if (selectors.length === 0) rule.remove();
    else rule.selectors = [...new Set(selectors)];
  });
  root.walkAtRules('charset', (rule) => rule.remove());
  return root.nodes;
}

function byClass(selector) {
  const classes = selector.match(/\.[a-z][a-z0-9_-]*/gi) ?? [];
  return classes.length > 0 && classes.every((name) => CLASSES.has(name.slice(1))) ? selector : null;
}

/** html.css speaks of plain elements below a class; here that is every page. */
function byElement(selector) {
  const plain = selector.replace(/^\.utrecht-html /, '');
  const elements = plain.replace(/:{1,2}[a-z-]+(\([^)]*\))?|\[[^\]]*\]/gi, '').match(/[a-z][a-z0-9]*/gi) ?? [];
  const isOurs = plain !== selector && elements.length > 0 && !/[.*]/.test(plain);
  return isOurs && elements.every((name) => ELEMENTS.has(name)) ? plain : null;
}

/** `--_x` belongs to the library itself: where nothing sets it any more, what stands in for it is written instead. */
function foldInternals(root) {
  for (;;) {
    const set = new Set();
    const used = new Set();
    root.walkDecls((declaration) => {
      if (declaration.prop.startsWith('--_')) set.add(declaration.prop);
      for (const name of references(declaration.value)) used.add(name);
    });
    let changed = false;
    root.walkDecls((declaration) => {
      if (declaration.prop.startsWith('--_') && !used.has(declaration.prop)) {
        declaration.remove();
        changed = true;
        return;
      }
      const value = mapReferences(declaration.value, (name, fallback) =>
        name.startsWith('--_') && !set.has(name) && fallback !== undefined ? fallback : null,
      );
      changed ||= value !== declaration.value;
      declaration.value = value;
    });
    root.walk((node) => {
      if (node.nodes?.length === 0) changed = Boolean(node.remove());
    });
    if (!changed) return;
  }
}

/** The tokens of the theme that something refers to, those they refer to, and so on. */
function usedTokens(roots) {
  const given = new Map();
  postcss.parse(inPackages(`${TOKENS}/dist/variables.css`)).walkDecls(({ prop, value }) => given.set(prop, value));
  const wanted = new Set();
  const want = (value) => {
    for (const name of references(value)) {
      if (wanted.has(name) || !given.has(name)) continue;
      wanted.add(name);
      want(given.get(name));
    }
  };
  for (const root of roots) root.walkDecls(({ value }) => want(value));
  const rule = postcss.rule({ selector: ':root' });
  for (const [prop, value] of given) if (wanted.has(prop)) rule.append({ prop, value });
  return postcss.root().append(rule);
}

function ownFile(name) {
  const root = postcss.parse(readFileSync(join(here, name), 'utf8'));
  root.walkComments((comment) => comment.remove());
  return root;
}

/** One rule a line, no more spaces than it needs. */
function small(root) {
  root.walk((node) => {
    node.raws.before = node.type === 'rule' || node.type === 'atrule' ? '\n' : '';
    node.raws.after = '';
    if (node.type === 'decl') {
      node.raws.between = ':';
      node.value = node.value.replace(/\s+/g, ' ').replace(/\( /g, '(').replace(/ \)/g, ')').replace(/, /g, ',');
    } else {
      node.raws.between = '';
      node.raws.afterName = ' ';
      node.raws.semicolon = false;
      if (node.selector) node.selector = node.selectors.map((part) => part.replace(/\s+/g, ' ')).join(',');
    }
  });
  return root.toString().trim();
}

function inPackages(path) {
  return readFileSync(join(here, 'node_modules', path), 'utf8');
}

function head() {
  const from = [LIBRARY, TOKENS].map((name) => `${name} ${JSON.parse(inPackages(`${name}/package.json`)).version}`);
  return `/*
 * Made by crates/web/look/build.js, which says how; do not edit. tests/look/run compares it, tests/look/run --write writes it.
 * Components: ${from[0]}, EUPL-1.2, Copyright (c) 2020-2024 Frameless B.V., Copyright (c) 2021-2024 Gemeente Utrecht.
 * Design tokens: ${from[1]}, EUPL-1.2, Copyright (c) 2021 NL Design System Community.
 * The rest: Trefpunt, EUPL-1.2.
 */`;
}
