// The rows of a workload: batches in file order, one epoch after the other.
#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
import AdamData
import AdamIR
import AdamLibrary
import AdamRuntime
import AdamSource

extension Network {
  private var isClassifier: Bool { loss == "cross_entropy()" }

  /// - Parameter folder: with the workload's `_x.bin` (f32) and `_y.bin` (f32 or i32); nil: made
  ///   by the generator of `seed 0`.
  func data(_ workload: Workload, folder: String?) throws -> DataSet {
    let stem = folder.map { "\($0)/\(workload.rawValue)" }
    let rows = try stem.map { try fileSize($0 + "_x.bin") / 4 / storedSampleCount } ?? batch * batches
    let inputs = try Tensor(.f32, [rows] + input)
    let targets = isClassifier ? try Tensor(.i32, [rows]) : try Tensor(.f32, [rows, outputs])
    if let stem {
      inputs.write(floats: withoutMargin(try floats(stem + "_x.bin"), rows: rows))
      try readFile(stem + "_y.bin", into: targets.bytes)
    } else {
      makeUp(inputs, targets)
    }
    let result = DataSet(description: description(rows: rows), inputs: inputs, targets: targets)
    result.dropsLast = true
    return result
  }

  private var sampleCount: Int { input.reduce(1, *) }

  private var storedSampleCount: Int {
    storedMargin == 0 ? sampleCount : input.reduce(1) { $0 * ($1 == 1 ? 1 : $1 + 2 * storedMargin) }
  }

  /// The images alone, where the file has zeros around them.
  private func withoutMargin(_ stored: [Float], rows: Int) -> [Float] {
    guard storedMargin > 0, let width = input.last else { return stored }
    let storedWidth = width + 2 * storedMargin
    let lines = rows * sampleCount / width
    return (0..<lines).flatMap { line -> ArraySlice<Float> in
      let (image, row) = line.quotientAndRemainder(dividingBy: sampleCount / width)
      let start = image * storedSampleCount + (row + storedMargin) * storedWidth + storedMargin
      return stored[start..<start + width]
    }
  }

  private func description(rows: Int) -> DataDescription {
    let target = isClassifier ? TensorType(.i32, Shape([.batch]))
      : TensorType(.f32, Shape([.batch, Dimension(outputs)]))
    var result = DataDescription(
      origin: "memory", targetKind: isClassifier ? .label : .real,
      inputType: TensorType(.f32, Shape([.batch] + input.map { Dimension($0) })), targetType: target,
      classes: isClassifier ? outputs : nil, rows: rows, span: Span(SourceID(0), 0, 0))
    // A data set of one batch is trained whole, as a script without `batch` does.
    result.batchSize = batches > 1 ? batch : nil
    return result
  }

  private func makeUp(_ inputs: Tensor, _ targets: Tensor) {
    var generator = Generator(seed: 0)
    let x = inputs.pointer.assumingMemoryBound(to: Float.self)
    for i in 0..<inputs.elementCount { x[i] = generator.nextUnit32() }
    if let symbols {
      inputs.write(floats: inputs.floats.map { ($0 * Float(symbols)).rounded(.down) })
      targets.write(floats: inputs.floats.dropFirst() + [0])
    } else if isClassifier {
      targets.write(integers: (0..<targets.elementCount).map { Int32(clamping: $0 % outputs) })
    } else {
      targets.write(floats: (0..<targets.elementCount).map { x[$0 * sampleCount] })
    }
  }
}

extension Tensor {
  fileprivate var bytes: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: pointer, count: elementCount * 4)
  }
}

// MARK: Files

func fileSize(_ path: String) throws -> Int {
  var status = stat()
  guard stat(path, &status) == 0 else { throw BenchError("cannot read \(path)") }
  return Int(status.st_size)
}

/// Fills the buffer from the start of the file; the sizes must agree.
func readFile(_ path: String, into buffer: UnsafeMutableRawBufferPointer) throws {
  guard try fileSize(path) == buffer.count else { throw BenchError("\(path) has another size") }
  let descriptor = open(path, O_RDONLY)
  guard descriptor >= 0 else { throw BenchError("cannot read \(path)") }
  defer { close(descriptor) }
  var done = 0
  while done < buffer.count, let start = buffer.baseAddress {
    let count = read(descriptor, start + done, buffer.count - done)
    guard count > 0 else { throw BenchError("cannot read \(path)") }
    done += count
  }
}
