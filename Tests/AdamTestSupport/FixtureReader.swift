// Reads the recorded reference numbers under Tests/Fixtures and the project's own files in tests.
import Foundation

/// Where a test finds the files it reads.
package enum ProjectFiles {
  /// The top of the repository.
  package static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// A file under Tests/Fixtures.
  package static func fixture(_ name: String) -> URL {
    root.appendingPathComponent("Tests/Fixtures/\(name)")
  }

  package static func bytes(of path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: root.appendingPathComponent(path)))
  }

  /// The scripts of a folder's `.adam` files, which `---` lines separate.
  package static func scripts(in folder: String) throws -> [String] {
    let place = root.appendingPathComponent(folder)
    let names = try FileManager.default.contentsOfDirectory(atPath: place.path).filter { $0.hasSuffix(".adam") }
    return try names.sorted().flatMap { name in
      try String(contentsOf: place.appendingPathComponent(name), encoding: .utf8).components(separatedBy: "---\n")
    }
  }
}

/// A JSON value of a fixture file. Reading something that is not there gives `.null`, so that a test
/// fails by comparing, not by stopping.
package enum Fixture: Sendable, Equatable {
  case null
  case bool(Bool)
  /// A number written without point or exponent.
  case int(Int)
  case double(Double)
  case string(String)
  case array([Fixture])
  case object([String: Fixture])

  /// Reads `Tests/Fixtures/<name>`.
  package static func read(_ name: String) throws -> Fixture {
    try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: ProjectFiles.fixture(name)))
  }

  /// The `cases` of a fixture file.
  package static func cases(_ name: String) throws -> [Fixture] { try read(name)["cases"].array }

  package subscript(key: String) -> Fixture {
    if case .object(let members) = self { return members[key] ?? .null }
    return .null
  }

  package subscript(index: Int) -> Fixture {
    if case .array(let items) = self, items.indices.contains(index) { return items[index] }
    return .null
  }

  package var array: [Fixture] {
    if case .array(let items) = self { return items }
    return []
  }

  package var keys: [String] {
    if case .object(let members) = self { return members.keys.sorted() }
    return []
  }

  package var isNull: Bool { self == .null }

  package var string: String? {
    if case .string(let text) = self { return text }
    return nil
  }

  package var bool: Bool? {
    if case .bool(let value) = self { return value }
    return nil
  }

  package var int: Int? {
    if case .int(let value) = self { return value }
    return nil
  }

  /// Any number.
  package var double: Double? {
    switch self {
    case .int(let value): return Double(value)
    case .double(let value): return value
    default: return nil
    }
  }

  /// An array of whole numbers (other items are left out).
  package var ints: [Int] { array.compactMap(\.int) }
  package var doubles: [Double] { array.compactMap(\.double) }

  // MARK: Tensors

  /// `shape` of a recorded tensor.
  package var shape: [Int] { self["shape"].ints }

  /// Bit patterns of a recorded float32 tensor: eight hex digits a value, most significant first.
  package var floatBits: [UInt32] {
    let digits = Array((self["f32"].string ?? "").utf8)
    return stride(from: 0, to: digits.count - 7, by: 8).map { start in
      digits[start..<start + 8].reduce(0) { bits, digit in
        let value = digit < 0x3A ? digit &- 0x30 : digit &- 0x57
        return bits << 4 | UInt32(value & 15)
      }
    }
  }

  /// Values of a recorded float32 tensor, row major.
  package var floats: [Float] { floatBits.map(Float.init(bitPattern:)) }

  /// Values of a recorded int64 (or boolean) tensor, row major.
  package var integers: [Int] { self["i64"].ints }

  /// The hash of a large tensor that is not recorded in full.
  package var sha256: String? { self["sha256"].string }
}

extension Fixture: Decodable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode([Fixture].self) {
      self = .array(value)
    } else if let value = try? container.decode([String: Fixture].self) {
      self = .object(value)
    } else if let value = try? container.decode(Int.self) {
      self = .int(value)
    } else if let value = try? container.decode(Double.self) {
      self = .double(value)
    } else {
      self = .string(try container.decode(String.self))
    }
  }
}

/// How far two floats are apart, in units in the last place: their bit patterns read as integers.
/// Zeros of either sign are equal; a NaN equals a NaN only.
package func ulpDistance(_ a: Float, _ b: Float) -> Int {
  if a.isNaN || b.isNaN { return a.isNaN && b.isNaN ? 0 : Int.max }
  func ordered(_ x: Float) -> Int {
    let bits = Int(x.bitPattern & 0x7FFF_FFFF)
    return x.sign == .minus ? -bits : bits
  }
  return abs(ordered(a) - ordered(b))
}
