// What lbfgs remembers between steps, and the arithmetic of long vectors that it needs. Sums run in
// Double over eight lanes and a fixed tree, so the bits depend on no thread and no instruction set.
import AdamRuntime

/// Pairs of changes of gradient and weights, newest last, over all parameters end to end.
struct CurvatureHistory {
  /// The parameters it belongs to, in order; other ones start it anew.
  var owners: [ObjectIdentifier] = []
  var iterations = 0
  var direction: [Float] = []
  var length = 0.0
  var gradientChanges: [[Float]] = []
  var weightChanges: [[Float]] = []
  var inverseProducts: [Double] = []
  var scale = 1.0
  var previousGradient: [Float] = []
}

/// Vectors of one length as arrays.
enum LongVector {
  static func dot(_ a: [Float], _ b: [Float]) -> Double {
    let count = min(a.count, b.count)
    return a.withUnsafeBytes { x in
      b.withUnsafeBytes { y in
        var lanes = SIMD8<Double>.zero
        var place = 0
        while place + 8 <= count {
          let p = x.loadUnaligned(fromByteOffset: place * 4, as: SIMD8<Float>.self)
          let q = y.loadUnaligned(fromByteOffset: place * 4, as: SIMD8<Float>.self)
          lanes += SIMD8<Double>(p) * SIMD8<Double>(q)
          place += 8
        }
        var sum = lanes.lowHalf + lanes.highHalf
        sum.lowHalf += sum.highHalf
        var total = sum[0] + sum[1]
        while place < count {
          total += Double(a[place]) * Double(b[place])
          place += 1
        }
        return total
      }
    }
  }

  /// y + a·x, the product rounded before the sum.
  static func add(_ a: Double, _ x: [Float], to y: inout [Float]) {
    let factor = Float(a)
    for place in 0..<min(x.count, y.count) { y[place] += factor * x[place] }
  }

  static func scaled(_ x: [Float], by a: Double) -> [Float] {
    let factor = Float(a)
    return x.map { factor * $0 }
  }

  static func difference(_ a: [Float], _ b: [Float]) -> [Float] { zip(a, b).map { $0 - $1 } }

  /// The largest absolute value; NaN where one is.
  static func largest(_ x: [Float]) -> Double {
    var most: Float = 0
    for value in x where !(abs(value) <= most) { most = abs(value) }
    return Double(most)
  }

  static func sumOfMagnitudes(_ x: [Float]) -> Double { x.reduce(0) { $0 + Double(abs($1)) } }
}

/// The weights that are searched, as one long vector in the tensors where they live.
struct WeightVector {
  let tensors: [Tensor]

  var values: [Float] { tensors.flatMap(\.floats) }

  func restore(_ values: [Float]) {
    var start = 0
    for tensor in tensors {
      tensor.write(floats: Array(values[start..<(start + tensor.elementCount)]))
      start += tensor.elementCount
    }
  }

  /// w + t·d.
  func move(by t: Double, along direction: [Float]) {
    var moved = values
    LongVector.add(t, direction, to: &moved)
    restore(moved)
    for tensor in tensors { tensor.flushSubnormals() }
  }
}
