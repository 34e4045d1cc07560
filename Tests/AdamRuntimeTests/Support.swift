// What the runtime's tests share: machines to compare, repeatable numbers, building functions.
import AdamIR
import Testing

@testable import AdamRuntime

enum Machines {
  /// Every level of this processor with 1, 2, 3 and 8 threads, every call split unit by unit.
  static func all() throws -> [Runtime] {
    var machines: [Runtime] = []
    for isa in InstructionSet.allCases where isa.isSupported {
      for threads in [1, 2, 3, 8] {
        var options = RuntimeOptions(isa: isa, threads: threads)
        options.splitsEverything = true
        machines.append(try Runtime(options))
      }
    }
    return machines
  }

  static func single() throws -> Runtime { try Runtime(RuntimeOptions(threads: 1)) }
}

/// A small generator for test data: the same numbers on every run.
struct Numbers {
  private var state: UInt64
  init(_ seed: UInt64 = 1) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  /// In 0 ..< 1.
  mutating func unit() -> Double {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Double(state >> 11) * 0x1p-53
  }

  mutating func floats(_ count: Int, _ range: ClosedRange<Double>) -> [Float] {
    (0..<count).map { _ in
      Float(range.lowerBound + unit() * (range.upperBound - range.lowerBound))
    }
  }

  mutating func integers(_ count: Int, below limit: Int) -> [Int32] {
    (0..<count).map { _ in Int32(Int(unit() * Double(limit))) }
  }

  /// Values that any op accepts: truths for bool, small whole numbers for i32.
  mutating func tensor(
    _ type: TensorType, _ range: ClosedRange<Double> = -2...2, below limit: Int = 3
  ) throws -> Tensor {
    let sizes = type.shape.sizes ?? []
    let count = sizes.reduce(1, *)
    if type.element == .f32 { return try Tensor(sizes, floats: floats(count, range)) }
    let bound = type.element == .bool ? 2 : limit
    return try Tensor(sizes, integers: integers(count, below: bound), element: type.element)
  }
}

extension Tensor {
  /// All bits, for exact comparison.
  var bits: [UInt32] {
    let words = pointer.assumingMemoryBound(to: UInt32.self)
    return (0..<elementCount).map { words[$0] }
  }

  var reference: ReferenceTensor {
    ReferenceTensor(sizes, (0..<elementCount).map { number(at: $0) ?? .nan })
  }
}

/// All results of a function on a machine; NaNs of any kind are one.
func bits(_ function: TensorFunction, _ arguments: [Tensor], _ machine: Runtime) throws -> [[UInt32]] {
  let plan = try Plan(function, machine, bindings: arguments)
  plan.run()
  return try function.results.indices.map {
    try plan.result($0).floats.map { $0.isNaN ? .max : $0.bitPattern }
  }
}

/// Distance in representable numbers; +0 and −0 are equal, NaN equals NaN.
func ulps(_ a: Float, _ b: Float) -> Int {
  if a == b || (a.isNaN && b.isNaN) { return 0 }
  if a.isNaN || b.isNaN { return .max }
  func ordered(_ x: Float) -> Int {
    let bits = Int(Int32(bitPattern: x.bitPattern))
    return bits < 0 ? Int(Int32.min) - bits : bits
  }
  return abs(ordered(a) - ordered(b))
}
