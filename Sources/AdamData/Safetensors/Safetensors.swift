// The safetensors format: eight bytes of header length (little endian), a JSON header, the tensors'
// bytes back to back. Names and layouts are torch's `state_dict`.

/// Element types of the format.
package enum SafetensorsElement: String, Hashable, Sendable, CaseIterable {
  case bool = "BOOL"
  case u8 = "U8", i8 = "I8", u16 = "U16", i16 = "I16", u32 = "U32", i32 = "I32"
  case u64 = "U64", i64 = "I64", f16 = "F16", bf16 = "BF16", f32 = "F32", f64 = "F64"

  package var byteCount: Int {
    switch self {
    case .bool, .u8, .i8: 1
    case .u16, .i16, .f16, .bf16: 2
    case .u32, .i32, .f32: 4
    case .u64, .i64, .f64: 8
    }
  }
}

/// A tensor of a file: row major, little endian.
package struct SafetensorsTensor: Hashable, Sendable {
  package var name: String
  package var element: SafetensorsElement
  package var shape: [Int]
  package var bytes: [UInt8]

  package init(name: String, element: SafetensorsElement, shape: [Int], bytes: [UInt8]) {
    self.name = name
    self.element = element
    self.shape = shape
    self.bytes = bytes
  }

  /// A float32 tensor.
  package init(name: String, shape: [Int], floats: UnsafeBufferPointer<Float>) {
    self.init(name: name, element: .f32, shape: shape, bytes: [])
    bytes.reserveCapacity(floats.count * 4)
    for value in floats { append(value.bitPattern) }
  }

  /// An int32 tensor.
  package init(name: String, shape: [Int], integers: UnsafeBufferPointer<Int32>) {
    self.init(name: name, element: .i32, shape: shape, bytes: [])
    bytes.reserveCapacity(integers.count * 4)
    for value in integers { append(UInt32(bitPattern: value)) }
  }

  private mutating func append(_ bits: UInt32) {
    for shift: UInt32 in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: bits >> shift)) }
  }

  package var elementCount: Int { bytes.count / element.byteCount }

  /// The element's bits, wherever in memory they lie.
  private func bits(_ index: Int) -> UInt64 {
    let width = element.byteCount
    var result: UInt64 = 0
    for offset in 0..<width {
      result |= UInt64(bytes[index * width + offset]) << UInt64(8 * offset)
    }
    return result
  }

  /// The values as float32, rounded to nearest; subnormals become zero, as in every tensor.
  package func floats() -> [Float] {
    if element == .f32 {
      return (0..<elementCount).map {
        let value = Float(bitPattern: UInt32(truncatingIfNeeded: bits($0)))
        return value.isSubnormal ? (value.sign == .minus ? -0.0 : 0) : value
      }
    }
    return (0..<elementCount).map { flushedFloat(double($0)) }
  }

  /// The values as int32 when the element type is whole and all fit.
  package func integers() -> [Int32]? {
    switch element {
    case .f16, .bf16, .f32, .f64: return nil
    default: break
    }
    var result: [Int32] = []
    result.reserveCapacity(elementCount)
    for index in 0..<elementCount {
      guard let value = Int32(exactly: whole(index)) else { return nil }
      result.append(value)
    }
    return result
  }

  private func whole(_ index: Int) -> Int64 {
    let bits = bits(index)
    switch element {
    case .bool: return bits == 0 ? 0 : 1
    case .i8: return Int64(Int8(truncatingIfNeeded: bits))
    case .i16: return Int64(Int16(truncatingIfNeeded: bits))
    case .i32: return Int64(Int32(truncatingIfNeeded: bits))
    case .i64: return Int64(bitPattern: bits)
    default: return Int64(clamping: bits)
    }
  }

  private func double(_ index: Int) -> Double {
    let bits = bits(index)
    switch element {
    case .f64: return Double(bitPattern: bits)
    case .f32: return Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
    case .bf16: return Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits) << 16))
    case .f16: return SafetensorsTensor.half(UInt16(truncatingIfNeeded: bits))
    case .u64: return Double(bits)
    default: return Double(whole(index))
    }
  }

  /// IEEE binary16; written out because Float16 does not exist on every platform.
  private static func half(_ bits: UInt16) -> Double {
    let sign: Double = bits & 0x8000 == 0 ? 1 : -1
    let exponent = Int(bits >> 10 & 31)
    let fraction = Double(bits & 1023)
    if exponent == 31 { return fraction == 0 ? sign * .infinity : .nan }
    if exponent == 0 { return sign * fraction * 0x1p-24 }
    return sign * Double(sign: .plus, exponent: exponent - 15, significand: 1 + fraction / 1024)
  }
}

/// A pair of `__metadata__`.
package struct SafetensorsMetadata: Hashable, Sendable {
  package var key: String
  package var value: String
  package init(_ key: String, _ value: String) {
    self.key = key
    self.value = value
  }
}

/// The content of a file, in file order.
package struct SafetensorsFile: Hashable, Sendable {
  package var tensors: [SafetensorsTensor]
  package var metadata: [SafetensorsMetadata]

  package init(tensors: [SafetensorsTensor], metadata: [SafetensorsMetadata] = []) {
    self.tensors = tensors
    self.metadata = metadata
  }

  package subscript(name: String) -> SafetensorsTensor? { tensors.first { $0.name == name } }
  package func value(of key: String) -> String? { metadata.first { $0.key == key }?.value }

  /// The file's bytes: a function of the content alone, in the order given. The header is padded
  /// with spaces so that the data starts at a multiple of eight.
  package func encoded() -> [UInt8] {
    var parts: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.map { "\(jsonQuoted($0.key)):\(jsonQuoted($0.value))" }
      parts.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
    }
    var offset = 0
    for tensor in tensors {
      let end = offset + tensor.bytes.count
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      parts.append(
        "\(jsonQuoted(tensor.name)):{\"dtype\":\"\(tensor.element.rawValue)\","
          + "\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    var header = Array("{\(parts.joined(separator: ","))}".utf8)
    while !header.count.isMultiple(of: 8) { header.append(0x20) }
    var result: [UInt8] = []
    result.reserveCapacity(8 + header.count + offset)
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
      result.append(UInt8(truncatingIfNeeded: UInt64(header.count) >> shift))
    }
    result += header
    for tensor in tensors { result += tensor.bytes }
    return result
  }
}
