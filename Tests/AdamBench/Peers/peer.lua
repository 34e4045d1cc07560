-- What lua5.4 takes for the same work: `lua5.4 peer.lua WORKLOAD FOLDER`. One line a figure: its name
-- and the processor's seconds for one unit (a byte of text, a turn of a loop), the fewest of several.
local workload, folder = arg[1], arg[2]

local function fewest(count, body)
  local best = math.huge
  for _ = 1, 7 do
    local start = os.clock()
    body(count)
    best = math.min(best, (os.clock() - start) / count)
  end
  return best
end

local loops = {}

function loops.arithmetic(n)
  local a, b = 1, 0
  for i = 0, n - 1 do a = a * 0.5 + i; b = b + a - i * 2 end
  return a + b
end

function loops.branches(n)
  local c = 0
  for i = 0, n - 1 do
    if i % 3 == 0 then c = c + 1 else
      if c > i then c = c - 1 else c = c + 2 end
    end
  end
  return c
end

local function add(a, b) return a + b end
function loops.calls(n)
  local s = 0
  for i = 0, n - 1 do s = add(s, i) end
  return s
end

local function fib(n) if n < 2 then return n else return fib(n - 1) + fib(n - 2) end end
function loops.recursion(n)
  for _ = 1, n do fib(15) end
end

function loops.append(n)
  local xs = {}
  for i = 0, n - 1 do xs[#xs + 1] = i end
  local s = 0
  for i = 1, n do s = s + xs[i] end
  return s
end

function loops.replace(n)
  local xs = {}
  for i = 1, 100 do xs[i] = i end
  for _ = 1, n // 100 do
    for i = 2, 100 do xs[i] = xs[i - 1] + 1 end
  end
  return xs[100]
end

function loops.accumulate(n)
  local s, i = 0, 1
  while i <= n do s = s + 1 / (i * i); i = i + 1 end
  return s
end

function loops.globals(n)
  a, b = 1, 0
  for i = 0, n - 1 do a = a * 0.5 + i; b = b + a - i * 2 end
end

if workload == "L1" then
  local part = io.open(folder .. "/script.lua"):read("a")
  local parts, size, i = {}, 0, 0
  while size < 4000000 do
    parts[#parts + 1] = part:gsub("NNN", tostring(i))
    size = size + #parts[#parts]
    i = i + 1
  end
  local text = table.concat(parts, "\n")
  print("parse", fewest(1, function() assert(load(text)) end) / #text)
elseif workload == "L3" then
  for name, body in pairs(loops) do
    print(name, fewest(name == "recursion" and 200 or 1000000, body))
  end
end
