// What every page promises: it runs nothing, loads nothing from others, is kept nowhere. That everyone can read and use it is
// in accessible.test.js.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { askFamily } from './lib/partner.js';
import { ACT, LED_TO, READ, everyPage } from './lib/walk.js';
import { openBrowser, visitor, whatRuns, whereItLeads } from './lib/visitor.js';

let browser;
before(async () => (browser = await openBrowser()));
after(() => browser.close());

describe('every page', () => {
  it('keeps the promises', async (t) => {
    const known = new Set([...READ, ...ACT, ...LED_TO].map((path) => `/portal${path}`));
    const seen = [];
    const see = async (name, { page }) => {
      seen.push(name);
      await t.test(`${name} runs nothing and leads nowhere unknown`, async () => {
        assert.deepEqual(await whatRuns(page), []);
        assert.deepEqual((await whereItLeads(page)).filter((path) => !known.has(path)), []);
      });
    };
    await everyPage(browser, see);
    assert.equal(seen.length, new Set(seen).size);
  });
});

describe('the session', () => {
  it('is one cookie that no script reads, no other site sends, and that ends with the browser', async () => {
    const family = await askFamily();
    const guardian = await visitor(browser);
    await guardian.open();
    assert.deepEqual(await guardian.cookies(), []);
    await guardian.enter(family.guardians[0]);
    const [cookie, ...others] = await guardian.cookies();
    assert.deepEqual(others, []);
    // Over https it is `__Host-trefpunt` and `secure`; a demonstration is plain http on the machine itself.
    const { name, httpOnly, sameSite, path, expires, value } = cookie;
    assert.deepEqual(
      { name, httpOnly, sameSite, path, expires },
      { name: 'trefpunt', httpOnly: true, sameSite: 'Strict', path: '/', expires: -1 },
    );
    assert.ok(!(await guardian.page.content()).includes(value));
    assert.equal(guardian.path(), '/portal/verzoek');
    await guardian.leave();
  });
});
