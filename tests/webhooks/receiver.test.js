// A vendor's receiver in JavaScript, as its own packages make it: the npm packages standardwebhooks and cloudevents take real
// deliveries of a running service, over TLS, and refuse what was bent. What came is kept for the receiver in Python.
//
// Environment: API (the service's address), TOKEN (a coordinator's access token), CERTIFICATE and KEY (of this receiver, for
// 127.0.0.1), DELIVERIES (where to keep what came).

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import { after, before, test } from "node:test";
import { HTTP } from "cloudevents";
import { Webhook } from "standardwebhooks";

const { API, TOKEN, CERTIFICATE, KEY, DELIVERIES } = process.env;
const taken = [];
let waiting = [];
let server;

const call = async (method, path, body) => {
    const answer = await fetch(API + path, {
        method,
        headers: {
            authorization: `Bearer ${TOKEN}`,
            ...(body && { "content-type": "application/json", "idempotency-key": randomUUID() }),
        },
        body: body && JSON.stringify(body),
    });
    return { status: answer.status, body: await answer.json() };
};

/** The next delivery that was not looked at yet. */
const next = () =>
    new Promise((resolve) => {
        waiting.push(resolve);
        hand();
    });
let looked = 0;
const hand = () => {
    while (waiting.length && looked < taken.length) waiting.shift()(taken[looked++]);
};

before(async () => {
    server = createServer({ cert: readFileSync(CERTIFICATE), key: readFileSync(KEY) }, (request, response) => {
        let body = "";
        request.setEncoding("utf8").on("data", (chunk) => (body += chunk));
        request.on("end", () => {
            taken.push({ headers: request.headers, body });
            response.writeHead(204).end();
            hand();
        });
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
});

after(() => {
    writeFileSync(DELIVERIES, JSON.stringify(kept));
    server.close();
});

const kept = [];
let endpoint;

// rule: N3
test("a delivery verifies with standardwebhooks and is an event of cloudevents", async () => {
    const { port } = server.address();
    const added = await call("POST", "/v1/webhook-endpoints", { url: `https://127.0.0.1:${port}/trefpunt` });
    assert.equal(added.status, 201, JSON.stringify(added.body));
    endpoint = added.body;
    const sent = await call("POST", `/v1/webhook-endpoints/${endpoint.id}/test-events`, {});
    assert.equal(sent.status, 201);
    const delivery = await next();
    const payload = new Webhook(endpoint.secret).verify(delivery.body, delivery.headers);
    assert.equal(payload.type, "nl.trefpunt.webhook.test");
    const event = HTTP.toEvent(delivery);
    assert.ok(event.validate());
    assert.equal(event.id, sent.body.message);
    assert.equal(event.id, delivery.headers["webhook-id"]);
    assert.equal(event.data, undefined);
    assert.equal(event.dataref, `${API}/v1/webhook-endpoints/${endpoint.id}`);
    kept.push({ ...delivery, secrets: [endpoint.secret], refuses: [] });
});

// rule: N3
test("a delivery that was bent does not verify", async () => {
    const [delivery] = taken;
    const hook = new Webhook(endpoint.secret);
    const old = String(Number(delivery.headers["webhook-timestamp"]) - 600);
    assert.throws(() => hook.verify(delivery.body.replace("test", "best"), delivery.headers));
    assert.throws(() => hook.verify(delivery.body, { ...delivery.headers, "webhook-id": "msg_other" }));
    assert.throws(() => hook.verify(delivery.body, { ...delivery.headers, "webhook-timestamp": old }));
});

// rule: H6
test("after a rotation both secrets verify", async () => {
    const rotated = await call("POST", `/v1/webhook-endpoints/${endpoint.id}/secret-rotations`, {});
    assert.equal(rotated.status, 201);
    assert.notEqual(rotated.body.secret, endpoint.secret);
    await call("POST", `/v1/webhook-endpoints/${endpoint.id}/test-events`, {});
    const delivery = await next();
    for (const secret of [endpoint.secret, rotated.body.secret]) {
        new Webhook(secret).verify(delivery.body, delivery.headers);
    }
    kept.push({ ...delivery, secrets: [endpoint.secret, rotated.body.secret], refuses: [] });
    // The first was made before, and knows nothing of the new secret.
    kept[0].refuses.push(rotated.body.secret);
    assert.throws(() => new Webhook(rotated.body.secret).verify(taken[0].body, taken[0].headers));
});

// rule: N3
test("what was tried can be read", async () => {
    const path = `/v1/webhook-endpoints/${endpoint.id}/attempts`;
    let attempts = [];
    // Answered before it is written down.
    while (attempts.length < 2) attempts = (await call("GET", path)).body.items;
    assert.deepEqual(
        attempts.map(({ outcome, status, delivery }) => [outcome, status, delivery]),
        [["delivered", 204, "delivered"], ["delivered", 204, "delivered"]],
    );
});
