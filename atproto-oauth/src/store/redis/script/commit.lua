-- KEYS: the rows to change. ARGV: prefix, now, and for each row the version that is expected there (8 bytes,
-- 0 for none; empty: whatever is there) and the new row (empty: delete). Answers 0, or which change does not
-- fit. A script is not undone, so whatever can fail comes before the first write.
local now = tonumber(ARGV[2])
local NONE = string.rep('\0', 8)
local olds, news = {}, {}

-- `Change::accepts`
local function accepts(row, expected, puts)
  if expected == '' then return true end
  if not row then return puts and expected == NONE end
  if puts and expected == NONE and row.ends and row.ends <= now then return true end
  return row.version == expected
end

-- Fails unless it is an index, or nothing.
local function check(kind, row)
  if row and row.group ~= '' then redis.call('ZCARD', group_key(kind, row.group)) end
end

redis.call('ZCARD', EXPIRY)
for i, key in ipairs(KEYS) do
  local old, new = read(key), head(ARGV[2 * i + 2])
  if not accepts(old, ARGV[2 * i + 1], new) then return i end
  local kind = split(key:sub(#PREFIX + 1))
  check(kind, old)
  check(kind, new)
  -- In a table `false` holds a place, and nil does not.
  olds[i], news[i] = old or false, new or false
end

for i, key in ipairs(KEYS) do
  local old, new = olds[i], news[i]
  local name = key:sub(#PREFIX + 1)
  local kind, id = split(name)
  if new then
    redis.call('SET', key, ARGV[2 * i + 2])
  elseif old then
    redis.call('DEL', key)
  end
  if old and old.group ~= '' and not (new and new.group == old.group) then
    redis.call('ZREM', group_key(kind, old.group), member(old.group, id))
  end
  if new and new.group ~= '' then
    redis.call('ZADD', group_key(kind, new.group), 0, member(new.group, id))
  end
  if new and new.ends then
    redis.call('ZADD', EXPIRY, string.format('%.17g', new.ends), name)
  elseif old and old.ends then
    redis.call('ZREM', EXPIRY, name)
  end
end
return 0
