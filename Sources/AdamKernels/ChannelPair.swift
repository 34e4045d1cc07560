// Two vectors of sums, channels side by side: what convolutions keep of an output or of a weight.
import AdamFormulas

struct ChannelPair {
  var a: TileVector
  var b: TileVector

  @inline(__always)
  init(repeating value: Float = 0) { (a, b) = (TileVector(repeating: value), TileVector(repeating: value)) }

  /// What is there, or none.
  @inline(__always)
  init<Single: StaticBool>(_ p: Floats, isFirst: Bool, single: Single.Type) {
    a = isFirst ? TileVector(repeating: 0) : loadT(p)
    b = isFirst || Single.isTrue ? TileVector(repeating: 0) : loadT(p + Tile.lanes)
  }

  /// The first `count` elements, at most two vectors.
  @inline(__always)
  init(_ p: Floats, count: Int) {
    a = count >= Tile.lanes ? loadT(p) : loadFirst(p, count)
    let rest = count &- Tile.lanes
    b = rest >= Tile.lanes ? loadT(p + Tile.lanes) : loadFirst(p + Tile.lanes, max(0, rest))
  }

  /// `single`: the second vector is not there.
  @inline(__always)
  mutating func step<Single: StaticBool>(_ x: Float, _ g: TileVector, _ h: TileVector, single: Single.Type) {
    let v = TileVector(repeating: x)
    a.addProduct(v, g)
    if !Single.isTrue { b.addProduct(v, h) }
  }

  @inline(__always)
  func store(_ to: Floats) {
    storeT(a, to)
    storeT(b, to + Tile.lanes)
  }

  /// To the sums that come before.
  @inline(__always)
  mutating func add(to earlier: Floats) {
    a = loadT(earlier) + a
    b = loadT(earlier + Tile.lanes) + b
  }
}
