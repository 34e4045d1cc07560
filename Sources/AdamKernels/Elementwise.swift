// The interpreter of elementwise programs. 256 lanes pass through all micro-operations before the
// next 256: what one operation writes the next finds in the first-level cache.
import AdamKernelABI

/// Lanes that pass through the program together.
private let width = 256

/// Positions of the registers in memory for the chunk at hand.
private typealias Registers = UnsafeMutablePointer<Floats>

/// Bytes that the registers of a program take.
private let registerBytes = MicroOp.registerLimit * (width * 4 + 8)

func elementwise(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  let a = arguments(raw)
  let total = a.pointee.n3 &* a.pointee.n4
  let last = min(end &* KernelTable.chunk, total)
  elementwise(a, begin &* KernelTable.chunk, last, a.pointee.scratch)
}

/// The elements `first ..< last` of the results. The register file lies at the end of the caller's
/// scratch, whose beginning others use.
func elementwise(
  _ a: UnsafePointer<KernelArguments>, _ first: Int, _ last: Int, _ scratch: UnsafeMutableRawPointer?
) {
  let room = scratch.unsafelyUnwrapped + (KernelArguments.scratchBytes &- registerBytes)
  let file = room.assumingMemoryBound(to: Float.self)
  let table = room + MicroOp.registerLimit &* width &* 4
  let registers = table.assumingMemoryBound(to: Floats.self)
  for i in 0..<registerCount(a) { registers[i] = file + i &* width }
  run(a, first, last, file, registers)
}

/// One more than the highest register the program names.
@inline(__always)
private func registerCount(_ a: UnsafePointer<KernelArguments>) -> Int {
  if a.pointee.n5 > 0 { return a.pointee.n5 }
  let ops = a.pointee.p0.unsafelyUnwrapped.assumingMemoryBound(to: MicroOp.self)
  var highest = a.pointee.n1 &+ a.pointee.n2 &- 1
  for i in 0..<a.pointee.n0 {
    let op = ops[i]
    highest = max(highest, Int(max(max(op.dst, op.a), max(op.b, op.c))))
  }
  return highest &+ 1
}

private func run(
  _ a: UnsafePointer<KernelArguments>, _ first: Int, _ last: Int, _ file: Floats, _ registers: Registers
) {
  let rows = a.pointee.n3, columns = a.pointee.n4
  var at = first
  guard at < last else { return }
  let inputs = a.pointee.n1, outputs = a.pointee.n2, count = a.pointee.n0
  let streams = a.pointee.p1.unsafelyUnwrapped.assumingMemoryBound(to: ElementwiseStream.self)
  let ops = a.pointee.p0.unsafelyUnwrapped.assumingMemoryBound(to: MicroOp.self)
  // One operation on what lies in order passes nothing on: all of it at once.
  let turn = count == 1 && areInOrder(streams, inputs, a) ? max(width, (last &- first) & ~15) : width
  var row = rows == 1 ? 0 : at / columns
  var column = at &- row &* columns
  while at < last {
    let lanes = min(turn, last &- at)
    for i in 0..<inputs {
      registers[i] = source(streams + i, row, column, columns, lanes, file + i &* width)
    }
    let isWhole = lanes & 15 == 0
    for i in inputs..<(inputs &+ outputs) {
      registers[i] = isWhole ? start(streams + i) + at : file + i &* width
    }
    let groups = (lanes &+ 15) &>> 4
    for i in 0..<count { apply(ops + i, registers, groups) }
    if !isWhole {
      for i in inputs..<(inputs &+ outputs) {
        (start(streams + i) + at).update(from: registers[i], count: lanes)
      }
    }
    at &+= lanes
    column &+= lanes
    while column >= columns, at < last {
      column &-= columns
      row &+= 1
    }
  }
}

/// Whether element after element of all inputs stands side by side.
@inline(__always)
private func areInOrder(
  _ streams: UnsafeMutablePointer<ElementwiseStream>, _ count: Int, _ a: UnsafePointer<KernelArguments>
) -> Bool {
  for i in 0..<count {
    let isOneRow = a.pointee.n3 == 1 || streams[i].rowStride == a.pointee.n4
    guard streams[i].columnStride == 1, isOneRow else { return false }
  }
  return true
}

@inline(__always)
private func start(_ stream: UnsafeMutablePointer<ElementwiseStream>) -> Floats {
  stream.pointee.pointer.assumingMemoryBound(to: Float.self)
}

/// Where `lanes` elements from (row, column) on stand in order: in place when they do already and
/// no lane past the end would be read, else copied to `buffer`.
@inline(__always)
private func source(
  _ stream: UnsafeMutablePointer<ElementwiseStream>, _ row: Int, _ column: Int, _ columns: Int,
  _ lanes: Int, _ buffer: Floats
) -> Floats {
  let base = start(stream)
  let rowStride = stream.pointee.rowStride, columnStride = stream.pointee.columnStride
  let isOneRow = column &+ lanes <= columns
  if columnStride == 1, isOneRow || rowStride == columns {
    let p = base + (row &* rowStride &+ column)
    if lanes & 15 == 0 { return p }
    copy(p, buffer, lanes)
    return buffer
  }
  if columnStride == 0, isOneRow || rowStride == 0 {
    let v = Lane16(repeating: base[row &* rowStride])
    for group in 0..<((lanes &+ 15) &>> 4) { store16(v, buffer + group &* 16) }
    return buffer
  }
  gather(base, rowStride, columnStride, row, column, columns, lanes, buffer)
  return buffer
}

@inline(__always)
private func copy(_ from: Floats, _ to: Floats, _ lanes: Int) {
  var at = 0
  while at &+ 16 <= lanes {
    store16(load16(from + at), to + at)
    at &+= 16
  }
  if at < lanes { store16(load(from + at, count: lanes &- at), to + at) }
}

/// Lanes that cross row ends: row by row.
private func gather(
  _ base: Floats, _ rowStride: Int, _ columnStride: Int, _ firstRow: Int, _ firstColumn: Int,
  _ columns: Int, _ lanes: Int, _ buffer: Floats
) {
  var row = firstRow, column = firstColumn, lane = 0
  while lane < lanes {
    let count = min(columns &- column, lanes &- lane)
    fill(buffer + lane, base + (row &* rowStride &+ column &* columnStride), columnStride, count)
    lane &+= count
    column = 0
    row &+= 1
  }
  for lane in lanes..<((lanes &+ 15) & ~15) { buffer[lane] = 0 }
}

/// Writes `count` lanes and none behind them.
@inline(__always)
private func fill(_ to: Floats, _ from: Floats, _ stride: Int, _ count: Int) {
  var at = 0
  if stride == 1 {
    while at &+ 16 <= count {
      store16(load16(from + at), to + at)
      at &+= 16
    }
  } else if stride == 0 {
    let v = Lane16(repeating: from[0])
    while at &+ 16 <= count {
      store16(v, to + at)
      at &+= 16
    }
  }
  while at < count {
    to[at] = from[at &* stride]
    at &+= 1
  }
}
