// Bits of the canonical arithmetic. Tests/Fixtures/kernels/canonical.txt was written by a numpy
// program of the same rules: one case a line, its sizes, its first eight words, a hash of them all.
import AdamFormulas
import AdamKernelABI
import Foundation
import Testing

struct CanonicalCase: CustomTestStringConvertible, Sendable {
  let name: String
  let sizes: [Int]
  let first: [String]
  let hash: String
  var testDescription: String { "\(name) \(sizes)" }

  static let all: [CanonicalCase] = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let file = folder.appendingPathComponent("../Fixtures/kernels/canonical.txt")
    let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").map { line in
      let parts = line.split(separator: "|").map { $0.split(separator: " ").map(String.init) }
      return CanonicalCase(
        name: parts[0][0], sizes: parts[0].dropFirst().compactMap { Int($0) }, first: parts[1],
        hash: parts[2][0])
    }
  }()
}

@Suite struct CanonicalTests {
  @Test func thereAreCases() { #expect(CanonicalCase.all.count > 100) }

  @Test(arguments: CanonicalCase.all)
  func everyLevelGivesTheCanonicalBits(_ item: CanonicalCase) throws {
    for table in tables {
      let words = try #require(compute(item, table), "no such case")
      let first = words.prefix(8).map { hex($0, 8) }
      #expect(first == item.first, "\(table.level)")
      var hash: UInt64 = 0xcbf2_9ce4_8422_2325
      for word in words { hash = (hash ^ UInt64(word)) &* 0x100_0000_01b3 }
      #expect(hex(hash, 16) == item.hash, "\(table.level)")
    }
  }

  /// What is read along lines that collide in the caches is copied first, and no bit changes.
  @Test func rowsFourKibibytesApartGiveTheSameBits() {
    let item = CanonicalCase(name: "gemm", sizes: [29, 1024, 1024], first: [], hash: "")
    let answers = tables.map { product(item, $0) }
    for answer in answers { #expect(!answer.isEmpty && answer == answers[0]) }
  }

  private func hex<T: BinaryInteger>(_ value: T, _ digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: digits - text.count) + text
  }

  private func compute(_ item: CanonicalCase, _ table: KernelTable) -> [UInt32]? {
    let a = item.sizes[0], b = item.sizes[1]
    switch item.name {
    case "exp": return unary(table, .exp, pseudo(a, UInt64(b), Float(b)))
    case "log":
      return unary(table, .log, pseudo(a, UInt64(b + 50), Float(b)).map { abs($0) + 1e-30 })
    case "sigmoid": return unary(table, .sigmoid, pseudo(a, UInt64(b), Float(b)))
    case "softmax", "log_softmax", "nll", "nll_raw", "ce_grad": return softmaxFamily(item, table)
    case "sum_last", "sum_first": return sums(item, table)
    case "gemm", "gemm_bias": return product(item, table)
    case "dot16", "dot16_bias": return dot(item, table)
    case "adam": return adam(table, a, b, [1e-3, 0.9, 0.999, 1e-8, 0, 0, 0], options: 0)
    case "adam_far":
      let hyper = [0.1, 0.4, 0.9, 1e-3, 0, 0, 0]
      return adam(table, a, b, hyper, options: Adam.options(hyper))
    default: return nil
    }
  }

  private func unary(_ table: KernelTable, _ code: ElementwiseCode, _ x: [Float]) -> [UInt32] {
    let input = Buffer(x), output = Buffer(x.count)
    elementwise(table, [MicroOp(code, dst: 1, a: 0)], [input], output)
    #expect(output.isIntact)
    return output.bits
  }

  private func softmaxFamily(_ item: CanonicalCase, _ table: KernelTable) -> [UInt32] {
    let rows = item.sizes[0], n = item.sizes[1]
    let input = Buffer(pseudo(rows * n, UInt64(n), 5))
    let out = Buffer(rows * n), logp = Buffer(rows * n), scalar = Buffer(1)
    let target = Buffer((0..<rows).map { Int32($0 * 7 % n) })
    func unary(_ kernel: Kernel, _ to: Buffer) {
      run(kernel, rows) {
        ($0.p0, $0.p1, $0.n0, $0.n1) = (input.raw, to.raw, rows, n)
      }
    }
    switch item.name {
    case "softmax":
      unary(table.softmax, out)
      return out.bits
    case "log_softmax":
      unary(table.logSoftmax, out)
      return out.bits
    case "nll", "nll_raw":
      if item.name == "nll" { unary(table.logSoftmax, logp) }
      run(table.nllLoss, 1) {
        ($0.p0, $0.p1, $0.p2) = (item.name == "nll" ? logp.raw : input.raw, target.raw, scalar.raw)
        ($0.n0, $0.n1) = (rows, n)
      }
      return scalar.bits
    default:
      unary(table.logSoftmax, logp)
      let g = Buffer(rows * n), one = Buffer([Float(1)])
      run(table.nllLossGrad, rows) {
        ($0.p0, $0.p1, $0.p2, $0.n0, $0.n1) = (one.raw, target.raw, g.raw, rows, n)
      }
      run(table.logSoftmaxGrad, rows) {
        ($0.p0, $0.p1, $0.p2, $0.n0, $0.n1) = (g.raw, logp.raw, out.raw, rows, n)
      }
      #expect(out.isIntact && g.isIntact)
      return out.bits
    }
  }

  private func sums(_ item: CanonicalCase, _ table: KernelTable) -> [UInt32] {
    let rows = item.sizes[0], n = item.sizes[1]
    let isLast = item.name == "sum_last"
    let x = Buffer(pseudo(rows * n, UInt64(isLast ? n : rows), 3)), out = Buffer(isLast ? rows : n)
    let units = isLast ? rows : (n + 31) / 32
    run(isLast ? table.sumLast : table.sumFirst, units) {
      ($0.p0, $0.p1, $0.n0, $0.n1) = (x.raw, out.raw, rows, n)
    }
    #expect(out.isIntact)
    return out.bits
  }

  /// All four layouts of the operands, packed and not: one answer.
  private func product(_ item: CanonicalCase, _ table: KernelTable) -> [UInt32] {
    let m = item.sizes[0], k = item.sizes[1], n = item.sizes[2]
    let a = pseudo(m * k, UInt64(m)), b = pseudo(k * n, UInt64(n + 100))
    let bias = item.name == "gemm_bias" ? Buffer(pseudo(n, 7)) : nil
    var answer: [UInt32]?
    for layout in 0..<8 {
      let flipA = layout & 1 != 0, flipB = layout & 2 != 0, isPacked = layout & 4 != 0
      let left = Buffer(flipA ? transposed(a, m, k) : a)
      let right = Buffer(flipB ? transposed(b, k, n) : b)
      let (bTerm, bColumn) = flipB ? (1, k) : (n, 1)
      let packed = Buffer(table.packedCount(k: k, n: n)), c = Buffer(m * n)
      if isPacked {
        run(table.gemmPack, table.packUnits(n: n)) {
          ($0.p0, $0.p1, $0.n0, $0.n1) = (right.raw, packed.raw, k, n)
          ($0.n2, $0.n3) = (bTerm, bColumn)
        }
      }
      let block = table.block(m: m, n: n, k: k)
      run(table.gemm, block.units) {
        ($0.p0, $0.p1, $0.p2, $0.p3) = (left.raw, right.raw, c.raw, bias?.raw)
        $0.p4 = isPacked ? packed.raw : nil
        ($0.n0, $0.n1, $0.n2) = (m, n, k)
        ($0.n3, $0.n4) = flipA ? (1, m) : (k, 1)
        ($0.n5, $0.n6, $0.n7) = (bTerm, bColumn, n)
        ($0.n11, $0.n12) = (block.rows, block.columns)
      }
      #expect(c.isIntact && packed.isIntact)
      if let answer { #expect(c.bits == answer, "layout \(layout)") }
      answer = c.bits
    }
    return answer ?? []
  }

  private func transposed(_ x: [Float], _ rows: Int, _ columns: Int) -> [Float] {
    (0..<rows * columns).map { x[($0 % max(rows, 1)) * columns + $0 / max(rows, 1)] }
  }

  private func dot(_ item: CanonicalCase, _ table: KernelTable) -> [UInt32] {
    let rows = item.sizes[0], k = item.sizes[1]
    let x = Buffer(pseudo(rows * k, UInt64(k))), w = Buffer(pseudo(k, UInt64(k + 9)))
    let out = Buffer(rows), bias = item.name == "dot16" ? nil : Buffer([Float(0.5)])
    run(table.dot16, rows) {
      ($0.p0, $0.p1, $0.p2, $0.p3) = (x.raw, w.raw, out.raw, bias?.raw)
      ($0.n0, $0.n1, $0.n2) = (rows, k, k)
    }
    return out.bits
  }

  private func adam(
    _ table: KernelTable, _ n: Int, _ steps: Int, _ hyper: [Double], options: Int
  ) -> [UInt32] {
    let p = Buffer(pseudo(n, 1)), m = Buffer([Float](repeating: 0, count: n))
    let v = Buffer([Float](repeating: 0, count: n))
    for t in 1...steps {
      let g = Buffer(pseudo(n, UInt64(10 + t), 1e-2))
      let scalars = Buffer(Adam.scalars(hyper, step: t).map { Float($0) })
      var target = UpdateTarget(count: n, firstUnit: 0)
      (target.parameter, target.gradient, target.slot0, target.slot1) = (p.raw, g.raw, m.raw, v.raw)
      withUnsafeMutableBytes(of: &target) { bytes in
        run(table.adam, KernelTable.chunks(n)) {
          ($0.p0, $0.p1) = (bytes.baseAddress, scalars.raw)
          ($0.n0, $0.n1) = (1, options)
        }
      }
    }
    return p.bits + m.bits + v.bits
  }
}
