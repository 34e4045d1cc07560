// Largest and smallest elements and where they are. NaN wins; the first among equals.
import AdamKernelABI

func extreme(_ raw: UnsafeRawPointer, _ begin: Int, _ end: Int) {
  let x = arguments(raw)
  let length = x.pointee.n1, inner = x.pointee.n2
  let values = x.pointee.p1.optionalIntegers, places = x.pointee.p2.optionalIntegers
  for outer in begin..<end {
    for i in 0..<inner {
      let at = outer &* length &* inner &+ i
      let place: Int
      if x.pointee.n4 == 0 {
        place = floatPlace(x.pointee.p0.floats + at, length, inner, x.pointee.n3 == 1)
      } else {
        place = integerPlace(x.pointee.p0.integers + at, length, inner, x.pointee.n3 == 1)
      }
      let to = outer &* inner &+ i
      if let values { values[to] = (x.pointee.p0.integers + at)[place &* inner] }
      if let places { places[to] = Int32(truncatingIfNeeded: place) }
    }
  }
}

@inline(__always)
private func floatPlace(_ x: Floats, _ count: Int, _ stride: Int, _ isSmallest: Bool) -> Int {
  var best = x[0], place = 0
  if best != best { return 0 }
  for i in 1..<max(count, 1) {
    let v = x[i &* stride]
    if v != v { return i }
    if isSmallest ? v < best : v > best { (best, place) = (v, i) }
  }
  return place
}

@inline(__always)
private func integerPlace(_ x: Integers, _ count: Int, _ stride: Int, _ isSmallest: Bool) -> Int {
  var best = x[0], place = 0
  for i in 1..<max(count, 1) {
    let v = x[i &* stride]
    if isSmallest ? v < best : v > best { (best, place) = (v, i) }
  }
  return place
}
