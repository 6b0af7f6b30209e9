-- What all scripts know of the keys. `PREFIX` .. kind .. ':' .. id is a row: version, expiry, length of
-- the group, group, value. `PREFIX` .. 'g' .. kind .. ':' .. group is the index of a group, a sorted set of
-- members that are all scored 0 and so ordered by their bytes. `PREFIX` .. 'expiry' scores rows by the second
-- they expire at.
local PREFIX = ARGV[1]
local EXPIRY = PREFIX .. 'expiry'
local NEVER = string.rep('\255', 8)

local function number(bytes)
  local n = 0
  for i = 1, #bytes do n = n * 256 + bytes:byte(i) end
  return n
end

-- By bytes; `<` would ask the server's locale.
local function before(a, b)
  for i = 1, math.min(#a, #b) do
    local x, y = a:byte(i), b:byte(i)
    if x ~= y then return x < y end
  end
  return #a < #b
end

-- An id in the index of its group. Most ids begin with their group, which is left out then: such small
-- members keep an index of few rows in its compact form. The first byte keeps the order of the ids.
local function member(group, id)
  if id:sub(1, #group) == group then return '1' .. id:sub(#group + 1) end
  return (before(id, group) and '0' or '2') .. id
end

local function id_of(group, member)
  local rest = member:sub(2)
  return member:sub(1, 1) == '1' and group .. rest or rest
end

-- All of a row but its value; nil, if there is none.
local function head(bytes)
  if bytes == '' then return nil end
  local ends = bytes:sub(9, 16)
  return {
    version = bytes:sub(1, 8),
    ends = #ends == 8 and ends ~= NEVER and number(ends) or nil,
    group = bytes:sub(19, 18 + number(bytes:sub(17, 18))),
  }
end

local function read(key)
  return head(redis.call('GETRANGE', key, 0, 2217))
end

local function split(name)
  return name:match('^(%d+):(.*)$')
end

local function group_key(kind, group)
  return PREFIX .. 'g' .. kind .. ':' .. group
end
