-- Signals for wrk, one in five about a child that another partner signalled before.
-- Arguments: how a peer wants them (trefpunt, nvi), the key-check value, the day of the end, then one access token a partner.
local thread = 0
function setup(t)
    t:set("seed", os.time() * 16 + thread)
    thread = thread + 1
end

local letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
local kind, check, ends, tokens, number, known = nil, nil, nil, {}, 0, {}

function init(arguments)
    math.randomseed(seed)
    kind, check, ends = arguments[1], arguments[2], arguments[3]
    for i = 4, #arguments do tokens[#tokens + 1] = arguments[i] end
end

local function random(length)
    local drawn = {}
    for i = 1, length do
        local at = math.random(64)
        drawn[i] = letters:sub(at, at)
    end
    return table.concat(drawn)
end

function request()
    number = number + 1
    local place = number % #tokens + 1
    local token = nil
    if number % 5 == 0 then token = known[(number - 499) % 500] end
    -- The last letter of 32 bytes carries four bits.
    token = token or random(42) .. "A"
    known[number % 500] = token
    if kind == "nvi" then
        local hex = token:sub(1, 8):gsub(".", function(c) return string.format("%02x", c:byte()) end)
        local pseudonym = hex:sub(1, 8) .. "-" .. hex:sub(9, 12) .. string.format("-4%03x-8%03x-%012x", math.random(4095), math.random(4095), number)
        local body = '{"pseudonym":"' .. pseudonym .. '","data_domain":"beeldbank","ura_number":"12345678","requesting_uzi_number":"12345678"}'
        return wrk.format("POST", "/registrations/", { ["Content-Type"] = "application/json" }, body)
    end
    local body = '{"tokens":[{"suite":1,"netEpoch":1,"kind":"bsn","keyCheck":"' .. check .. '","token":"' .. token ..
        '"}],"professional":{"reference":"ref-1","email":"ib@wilg.example"},"plannedEnd":"' .. ends ..
        '","destroyBy":"2040-05","ground":"school-absence"}'
    return wrk.format("POST", "/v1/signals", {
        ["Content-Type"] = "application/json",
        ["Authorization"] = "Bearer " .. tokens[place],
        ["Idempotency-Key"] = random(22),
    }, body)
end

function done(summary, latency, requests)
    local errors = summary.errors
    io.write(string.format('{"answers": %d, "seconds": %.6f, "refused": %d, "broken": %d, "p99": %.6f}\n', summary.requests,
        summary.duration / 1e6, errors.status, errors.connect + errors.read + errors.write + errors.timeout,
        latency:percentile(99) / 1e6))
end
