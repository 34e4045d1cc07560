// Numbers recorded from PyTorch 2.15, as the files in Tests/Fixtures keep them.
import AdamTestSupport
import Foundation

@testable import AdamRuntime

/// A tensor of a fixture: `f32` holds eight hex digits a value, most significant first.
struct FixtureTensor: Decodable {
  var shape: [Int]
  var f32: String?
  var i64: [Int]?

  func tensor(asTruth: Bool = false) throws -> Tensor {
    if let i64 {
      let values = i64.map { Int32(clamping: $0) }
      return try Tensor(shape, integers: values, element: asTruth ? .bool : .i32)
    }
    return try Tensor(shape, floats: floats)
  }

  var floats: [Float] {
    let digits = Array((f32 ?? "").utf8)
    return stride(from: 0, to: digits.count, by: 8).map { start in
      let word = String(decoding: digits[start..<min(start + 8, digits.count)], as: UTF8.self)
      return Float(bitPattern: UInt32(word, radix: 16) ?? 0)
    }
  }
}

/// Numbers, flags, words and lists of an attribute.
enum FixtureValue: Decodable {
  case flag(Bool)
  case number(Double)
  case text(String)
  case list([FixtureValue])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let flag = try? container.decode(Bool.self) {
      self = .flag(flag)
    } else if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else {
      self = .list(try container.decode([FixtureValue].self))
    }
  }

  var int: Int? { if case .number(let n) = self { Int(exactly: n) } else { nil } }
  var double: Double? { if case .number(let n) = self { n } else { nil } }
  var bool: Bool? { if case .flag(let flag) = self { flag } else { nil } }
  var string: String? { if case .text(let text) = self { text } else { nil } }
  var ints: [Int]? { if case .list(let all) = self { all.compactMap(\.int) } else { nil } }
  var doubles: [Double]? { if case .list(let all) = self { all.compactMap(\.double) } else { nil } }
}

struct OpFixture: Decodable {
  struct Tolerance: Decodable {
    var kind: String
    var rtol: Double?
    var atol: Double?
    func accepts(_ found: Float, _ wanted: Float) -> Bool {
      if found == wanted || (found.isNaN && wanted.isNaN) { return true }
      let bound = (atol ?? 0) + (rtol ?? 0) * abs(Double(wanted))
      return kind != "exact" && abs(Double(found) - Double(wanted)) <= bound
    }
  }
  var op: String
  var attrs: [String: FixtureValue]
  var inputs: [String: FixtureTensor]
  var upstream: [String: FixtureTensor]
  var outputs: [String: FixtureTensor]
  var grads: [String: FixtureTensor]
  var tol: Tolerance
}

struct OptimizerFixture: Decodable {
  struct Case: Decodable {
    var optimizer: String
    var hyper: [String: FixtureValue]
    var after: [String: [FixtureTensor]]
  }
  var `init`: [FixtureTensor]
  var grads: [[FixtureTensor]]
  var cases: [Case]
}

enum Fixtures {
  private struct Cases<T: Decodable>: Decodable { var cases: [T] }

  static func ops() throws -> [OpFixture] {
    try JSONDecoder().decode(Cases<OpFixture>.self, from: data("ops.json")).cases
  }
  static func optimizers() throws -> OptimizerFixture {
    try JSONDecoder().decode(OptimizerFixture.self, from: data("optim.json"))
  }
  private static func data(_ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: AdamProgram.root + "/Tests/Fixtures/" + name))
  }
}
