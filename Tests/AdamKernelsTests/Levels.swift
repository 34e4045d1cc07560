// What the kernel tests share: the tables this processor can run, buffers, repeatable numbers.
import AdamKernelABI
import AdamKernels
import AdamKernelsV3
import AdamKernelsV4
import CFloatState
import Foundation

/// Tables of all levels that this processor has, `base` first.
let tables: [KernelTable] = {
  let flags = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
  var list = [kernelTableBase()]
  if flags.contains("avx2"), flags.contains(" fma") { list.append(kernelTableV3()) }
  if flags.contains("avx512f"), flags.contains("avx512vl"), flags.contains("avx512dq"),
    flags.contains("avx512bw")
  {
    list.append(kernelTableV4())
  }
  return list
}()

/// A buffer of 4-byte elements that starts `offset` elements after a 64-byte boundary, between
/// guard words that `isIntact` checks.
final class Buffer {
  private let memory: UnsafeMutableRawPointer
  let raw: UnsafeMutableRawPointer
  let count: Int
  private let offset: Int
  private static let guardWord: UInt32 = 0x7FC0_DEAD

  init(_ count: Int, offset: Int = 0) {
    self.count = count
    self.offset = offset
    let words = count + offset + 64
    memory = .allocate(byteCount: words * 4, alignment: 64)
    for i in 0..<words {
      memory.storeBytes(of: Self.guardWord, toByteOffset: i * 4, as: UInt32.self)
    }
    raw = memory + (16 + offset) * 4
  }

  convenience init(_ values: [Float], offset: Int = 0) {
    self.init(values.count, offset: offset)
    for (i, v) in values.enumerated() { raw.storeBytes(of: v, toByteOffset: i * 4, as: Float.self) }
  }

  convenience init(_ values: [Int32]) {
    self.init(values.map { Float(bitPattern: UInt32(bitPattern: $0)) })
  }

  deinit { memory.deallocate() }

  var floats: [Float] { (0..<count).map { raw.load(fromByteOffset: $0 * 4, as: Float.self) } }
  var bits: [UInt32] { floats.map { $0.isNaN ? 0x7FC0_0000 : $0.bitPattern } }
  var isIntact: Bool {
    (0..<16 + offset).allSatisfy {
      memory.load(fromByteOffset: $0 * 4, as: UInt32.self) == Self.guardWord
    } && (0..<32).allSatisfy {
      raw.load(fromByteOffset: (count + $0) * 4, as: UInt32.self) == Self.guardWord
    }
  }
}

/// Numbers in [−scale, scale), the same on every machine and in the fixture's generator.
func pseudo(_ count: Int, _ seed: UInt64, _ scale: Float = 1) -> [Float] {
  (0..<UInt64(count)).map { i in
    var h = (i &+ 1) &* 2_654_435_761 &+ seed &* 0x9E37_79B9_7F4A_7C15
    h ^= h >> 29
    h = h &* 0xBF58_476D_1CE4_E5B9
    h ^= h >> 32
    return Float(Double(h >> 40) / 8_388_608 - 1) * scale
  }
}

/// Calls a kernel as the runtime does: canonical float state, then the host's again. The units are
/// taken in two parts, which must not matter.
@inline(never)
func run(_ kernel: Kernel, _ units: Int, _ fill: (inout KernelArguments) -> Void) {
  var a = KernelArguments()
  fill(&a)
  let scratch = UnsafeMutableRawPointer.allocate(byteCount: KernelArguments.scratchBytes, alignment: 64)
  defer { scratch.deallocate() }
  a.scratch = scratch
  let host = adam_float_state_get()
  adam_float_state_set(adam_float_state_canonical(host))
  withUnsafePointer(to: &a) {
    kernel(UnsafeRawPointer($0), units / 2, units)
    kernel(UnsafeRawPointer($0), 0, units / 2)
  }
  adam_float_state_set(host)
}

/// One elementwise program on contiguous operands.
func elementwise(
  _ table: KernelTable, _ ops: [MicroOp], _ inputs: [Buffer], _ output: Buffer
) {
  var ops = ops
  var streams = (inputs + [output]).map {
    ElementwiseStream($0.raw, rowStride: output.count, columnStride: 1)
  }
  ops.withUnsafeMutableBytes { o in
    streams.withUnsafeMutableBytes { s in
      run(table.elementwise, KernelTable.chunks(output.count)) {
        $0.p0 = o.baseAddress
        $0.p1 = s.baseAddress
        ($0.n0, $0.n1, $0.n2) = (o.count / MemoryLayout<MicroOp>.stride, inputs.count, 1)
        ($0.n3, $0.n4) = (1, output.count)
      }
    }
  }
}
