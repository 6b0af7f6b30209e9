-- ARGV: prefix, kind, group, the id to go on after (empty: from the start), how many. Answers ids and rows in
-- turn. A member whose row is gone, as after an eviction, is tidied away.
local kind, group, after, limit = ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
local index = group_key(kind, group)
local from = after == '' and '-' or '(' .. member(group, after)
local page, found = {}, 0

while found < limit do
  local wanted = limit - found
  local members = redis.call('ZRANGEBYLEX', index, from, '+', 'LIMIT', 0, wanted)
  for _, entry in ipairs(members) do
    local id = id_of(group, entry)
    local row = redis.call('GET', PREFIX .. kind .. ':' .. id)
    if row then
      found = found + 1
      page[2 * found - 1] = id
      page[2 * found] = row
    else
      redis.call('ZREM', index, entry)
    end
    from = '(' .. entry
  end
  if #members < wanted then break end
end
return page
