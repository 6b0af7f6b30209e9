-- ARGV: prefix, now, how many. Deletes rows that are expired, the oldest first; answers how many entries of
-- the index it worked off.
local now = tonumber(ARGV[2])
local due = redis.call('ZRANGEBYSCORE', EXPIRY, '-inf', ARGV[2], 'LIMIT', 0, ARGV[3])

for _, name in ipairs(due) do
  local key = PREFIX .. name
  local row = read(key)
  if row and row.ends and row.ends <= now then
    local kind, id = split(name)
    redis.call('DEL', key)
    if row.group ~= '' then
      redis.call('ZREM', group_key(kind, row.group), member(row.group, id))
    end
  end
  redis.call('ZREM', EXPIRY, name)
end
return #due
