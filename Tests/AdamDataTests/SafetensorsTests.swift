// The safetensors reader against good and bad files; the writer against the reader.
import AdamData
import AdamSource
import Testing

/// A file of a header's text, padded to nothing, and `data` zero bytes.
private func file(_ header: String, data: Int = 0) -> [UInt8] {
  let text = Array(header.utf8)
  let length = (0..<8).map { UInt8(truncatingIfNeeded: UInt64(text.count) >> UInt64(8 * $0)) }
  return length + text + [UInt8](repeating: 0, count: data)
}

private func entry(_ name: String, _ shape: String, _ begin: Int, _ end: Int) -> String {
  "\"\(name)\":{\"dtype\":\"F32\",\"shape\":\(shape),\"data_offsets\":[\(begin),\(end)]}"
}

/// What is wrong, without the sentence around it; `ok` when nothing is.
private func fault(_ bytes: [UInt8]) -> String {
  do {
    _ = try SafetensorsReader.decode(bytes, path: "m", span: nil)
    return "ok"
  } catch {
    let frame = "`m` is not a sound safetensors file: "
    return error.message.hasPrefix(frame) ? String(error.message.dropFirst(frame.count)) : error.message
  }
}

private func fault(_ header: String, data: Int = 0) -> String { fault(file(header, data: data)) }

@Suite struct SafetensorsTests {
  private var sample: SafetensorsFile {
    let weights: [Float] = [1, -2.5, 0, .infinity, Float(bitPattern: 0x0020_ACA8), 7]
    let counts: [Int32] = [-1, 2_000_000_000]
    return SafetensorsFile(
      tensors: [
        weights.withUnsafeBufferPointer {
          SafetensorsTensor(name: "0.weight", shape: [2, 3], floats: $0)
        },
        counts.withUnsafeBufferPointer {
          SafetensorsTensor(name: "größe \"x\"\\", shape: [2], integers: $0)
        },
        SafetensorsTensor(name: "flags", element: .bool, shape: [3], bytes: [1, 0, 1]),
        SafetensorsTensor(name: "empty", element: .f32, shape: [0, 4], bytes: []),
        SafetensorsTensor(name: "scalar", element: .f64, shape: [], bytes: [0, 0, 0, 0, 0, 0, 0xF8, 0x3F]),
      ],
      metadata: [SafetensorsMetadata("format", "pt"), SafetensorsMetadata("note", "a\nb\u{1}\"é")])
  }

  @Test func whatIsWrittenIsRead() throws {
    let bytes = sample.encoded()
    let read = try SafetensorsReader.decode(bytes, path: "m", span: nil)
    #expect(read == sample)
    #expect(read.encoded() == bytes)
    #expect(read["0.weight"]?.floats() == [1, -2.5, 0, .infinity, 0, 7])
    #expect(read["größe \"x\"\\"]?.integers() == [-1, 2_000_000_000])
    #expect(read["flags"]?.integers() == [1, 0, 1])
    #expect(read["scalar"]?.floats() == [1.5])
    #expect(read.value(of: "format") == "pt")
    for chunk in [1, 7, 300] {
      let source = MemorySource(bytes, chunk: chunk)
      #expect(try SafetensorsReader.read(source, path: "m", span: nil) == sample)
    }
  }

  @Test func theLayoutIsTheFormats() {
    let one: [Float] = [1]
    let file = one.withUnsafeBufferPointer {
      SafetensorsFile(tensors: [SafetensorsTensor(name: "w", shape: [1], floats: $0)])
    }
    let header = "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}"
    let padded = header + String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
    let wanted = [UInt8(padded.utf8.count), 0, 0, 0, 0, 0, 0, 0] + Array(padded.utf8) + [0, 0, 0x80, 0x3F]
    #expect(file.encoded() == wanted)
  }

  @Test func halfPrecisionBecomesFloat() {
    let half = SafetensorsTensor(
      name: "h", element: .f16, shape: [5],
      bytes: [0, 0x3C, 0, 0xC0, 0xFF, 0x7B, 1, 0, 0, 0x7C])
    #expect(half.floats() == [1, -2, 65504, 0x1p-24, .infinity])
    let brain = SafetensorsTensor(name: "b", element: .bf16, shape: [1], bytes: [0x49, 0x40])
    #expect(brain.floats() == [3.140625])
    #expect(brain.integers() == nil)
  }

  @Test func badSizesAreRefused() {
    #expect(fault([]) == "it has 0 bytes, too few for the header's length")
    #expect(fault([1, 2, 3]) == "it has 3 bytes, too few for the header's length")
    #expect(fault([UInt8](repeating: 0, count: 8)) == "its header is empty")
    #expect(
      fault([UInt8](repeating: 0xFF, count: 8))
        == "its header claims 18446744073709551615 bytes, more than 100 MB")
    #expect(
      fault([0, 0, 0, 7, 0, 0, 0, 0, 0x7B])
        == "its header claims 117440512 bytes, more than 100 MB")
    #expect(
      fault([9, 0, 0, 0, 0, 0, 0, 0, 0x7B, 0x7D]) == "its header claims 9 bytes and 2 are there")
  }

  @Test(arguments: [
    (" {}", 0, "its header does not start with `{`"),
    ("{\"a\"}", 0, "its header is not valid at byte 4: unexpected `}`"),
    ("{\"a\":", 0, "its header is not valid at byte 5: it ends too early"),
    ("{} x", 0, "its header is not valid at byte 3: unexpected `x`"),
    ("{" + entry("w", "[1]", 0, 4) + "," + entry("w", "[1]", 4, 8) + "}", 8,
      "its header is not valid at byte 54: duplicate tensor `w`"),
    ("{" + entry("é", "[1]", 0, 4) + "," + entry("e\u{301}", "[1]", 4, 8) + "}", 8,
      "its header is not valid at byte 55: duplicate tensor `e\u{301}`"),
    ("{" + entry("a", "[2]", 0, 8) + "," + entry("b", "[1]", 4, 8) + "}", 8,
      "tensor `b` overlaps the one before it"),
    ("{" + entry("a", "[1]", 0, 4) + "," + entry("b", "[1]", 8, 12) + "}", 12,
      "4 bytes before tensor `b` belong to no tensor"),
    ("{" + entry("a", "[1]", 0, 4) + "}", 5, "it goes on behind its last tensor"),
    ("{" + entry("a", "[1]", 0, 4) + "}", 3, "it is cut off: 4 bytes of data are declared, 3 there"),
    ("{" + entry("a", "[1]", 4, 0) + "}", 4, "the data_offsets of tensor `a` are no range"),
    ("{" + entry("a", "[2]", 0, 4) + "}", 4, "tensor `a` of shape [2] needs 8 bytes and has 4"),
    ("{" + entry("a", "[4611686018427387905,4]", 0, 16) + "}", 16,
      "the shape of tensor `a` has an entry that is no whole number ≥ 0"),
    ("{" + entry("a", "[4503599627370496,4503599627370496]", 0, 16) + "}", 16,
      "the shape of tensor `a` is too large"),
    ("{" + entry("a", "[-1]", 0, 4) + "}", 4,
      "the shape of tensor `a` has an entry that is no whole number ≥ 0"),
    ("{" + entry("a", "[1.0]", 0, 4) + "}", 4,
      "the shape of tensor `a` has an entry that is no whole number ≥ 0"),
    ("{" + entry("a", "[1]", -4, 0) + "}", 4,
      "the data_offsets of tensor `a` has an entry that is no whole number ≥ 0"),
    ("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,18446744073709551620]}}", 4,
      "the data_offsets of tensor `a` has an entry that is no whole number ≥ 0"),
    ("{\"a\":{\"dtype\":\"Q4\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4,
      "tensor `a` has an unknown dtype `Q4`"),
    ("{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", 4, "tensor `a` has no `data_offsets`"),
    ("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"x\":1}}", 4,
      "tensor `a` has an unknown field `x`"),
    ("{\"a\":7}", 0, "tensor `a` is no object"),
    ("{\"__metadata__\":{\"a\":1}}", 0, "metadata `a` is not a string"),
    ("{\"__metadata__\":[]}", 0, "`__metadata__` is no object"),
    ("{" + entry("a", "[2]", 0, 8) + "," + entry("b", "[0]", 4, 4) + "}", 8,
      "tensor `b` overlaps the one before it"),
    ("{" + entry("a\\u0000", "[1]", 0, 4) + "}", 4,
      "the tensor name `a\u{FFFD}` is empty or has control characters"),
    ("{\"\\uD800\":1}", 0, "its header is not valid at byte 3: half a surrogate pair"),
  ])
  func badHeadersAreRefused(header: String, data: Int, message: String) {
    #expect(fault(header, data: data) == message)
  }

  @Test func deepAndWideHeadersAreRefused() {
    let deep = "{\"a\":" + String(repeating: "[", count: 100_000)
    #expect(fault(deep) == "its header is not valid at byte 68: nested more than 64 deep")
    let ones = "[" + String(repeating: "1,", count: 999) + "1]"
    #expect(
      fault("{" + entry("a", ones, 0, 4) + "}", data: 4)
        == "the shape of tensor `a` has 1000 entries, more than 64")
    #expect(fault(file("{\"\u{E9}\":1}").map { $0 == 0xC3 ? 0xFF : $0 })
      == "its header is not valid at byte 0: not UTF-8")
  }

  @Test func oddButSoundFilesAreRead() {
    #expect(fault("{}") == "ok")
    #expect(fault("{}      ") == "ok")
    #expect(fault("{\"__metadata__\":{\"a\":\"b\"}}") == "ok")
    #expect(fault("{" + entry("../../etc/x", "[1]", 0, 4) + "}   ", data: 4) == "ok")
    #expect(fault("{" + entry("e", "[0]", 0, 0) + "," + entry("a", "[]", 0, 4) + "}", data: 4) == "ok")
  }

  @Test(arguments: [
    ("version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "a git-lfs pointer", "run `git lfs pull`"),
    ("<!doctype html>\n<html></html>", "an HTML page", "download the file itself"),
    ("", "", "pickles can run code"),
  ])
  func otherKindsAreNamed(text: String, kind: String, help: String) {
    let bytes = kind.isEmpty ? [0x80, 2, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9] : Array(text.utf8)
    let phrase = kind.isEmpty ? "a Python pickle" : kind
    do {
      _ = try SafetensorsReader.decode(bytes, path: "m", span: nil)
      Issue.record("it was read")
    } catch {
      #expect(error.message == "`m` is \(phrase), not a safetensors file")
      #expect(error.helps.first?.text.contains(help) == true)
    }
  }

  @Test func cutAndDamagedFilesNeverTrapNorLoadByAccident() throws {
    let good = sample.encoded()
    for length in 0..<good.count { #expect(fault(Array(good.prefix(length))) != "ok") }
    #expect(fault(good + good) == "it goes on behind its last tensor")
    for index in good.indices {
      for byte: UInt8 in [0, 0xFF, good[index] ^ 1, good[index] ^ 0x80] {
        var bad = good
        bad[index] = byte
        _ = fault(bad)
      }
    }
  }
}
