"""What somebody would write in place of the service: FastAPI over asyncpg, one statement for each signal.

It takes the same body, checks it by a model, makes the tag by a keyed hash, knows its callers by a fixed token, and writes the
same kinds of rows in one round trip. It has no receipts, no group commit and no rules.
"""

import hashlib
import hmac
import os
import uuid
from base64 import urlsafe_b64decode
from contextlib import asynccontextmanager
from datetime import date

import asyncpg
from fastapi import FastAPI, Header, HTTPException, Request
from pydantic import BaseModel, ConfigDict, Field

KEY = bytes(32)
STATEMENT = "SELECT give_signal($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
LEAF = bytes(210)


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Token(Strict):
    suite: int
    netEpoch: int
    kind: str
    keyCheck: str
    token: str = Field(min_length=43, max_length=43)


class Contact(Strict):
    reference: str
    email: str | None = None
    phone: str | None = None


class Signal(Strict):
    tokens: list[Token] = Field(min_length=1, max_length=4)
    professional: Contact
    plannedEnd: date
    destroyBy: str
    ground: str


@asynccontextmanager
async def connected(app: FastAPI):
    app.state.pool = await asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=5, max_size=5)
    yield
    await app.state.pool.close()


app = FastAPI(lifespan=connected)


@app.post("/v1/signals", status_code=201)
async def give(
    signal: Signal,
    request: Request,
    authorization: str = Header(),
    idempotency_key: str = Header(min_length=8, max_length=64),
):
    organisation = authorization.removeprefix("Bearer partner-")
    if not organisation.isdecimal():
        raise HTTPException(401)
    tag = hmac.digest(KEY, urlsafe_b64decode(signal.tokens[0].token + "="), "sha256")
    public_id = uuid.uuid4()
    await request.app.state.pool.fetchval(
        STATEMENT,
        tag,
        int(organisation),
        idempotency_key,
        hashlib.blake2s(await request.body()).digest(),
        public_id,
        signal.plannedEnd,
        signal.destroyBy,
        signal.professional.model_dump_json().encode(),
        LEAF,
        f'{{"id": "{public_id}"}}',
    )
    return {"id": f"sig_{public_id}", "plannedEnd": signal.plannedEnd}
