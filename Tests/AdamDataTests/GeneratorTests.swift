// The generator against values recorded from torch, bit for bit.
import AdamData
import AdamTestSupport
import Foundation
import Testing

func filled(_ count: Int, _ body: (UnsafeMutableBufferPointer<Float>) -> Void) -> [Float] {
  var values = [Float](repeating: .nan, count: count)
  values.withUnsafeMutableBufferPointer { body($0) }
  return values
}

func bits(_ values: [Float]) -> [UInt32] { values.map(\.bitPattern) }

@Suite struct GeneratorTests {
  /// Draws what a fixture case of a float kind asks for; nil for another kind.
  private func floats(_ item: Fixture, _ generator: inout Generator) -> [Float]? {
    let arguments = item["args"]
    let count = arguments["n"].int ?? 0
    let p = arguments["p"].double ?? 0
    switch item["kind"].string {
    case "uniform":
      return filled(count) {
        generator.fillUniform(
          $0, low: arguments["a"].double ?? 0, high: arguments["b"].double ?? 1)
      }
    case "normal":
      return filled(count) {
        generator.fillNormal(
          $0, mean: arguments["mean"].double ?? 0, std: arguments["std"].double ?? 1)
      }
    case "dropout_ones": return filled(count) { generator.fillDropoutScale($0, p: p) }
    case "exponential":
      return filled(count) {
        generator.fillExponential($0, lambda: arguments["lambda"].double ?? 1)
      }
    case "bernoulli_scalar": return filled(count) { generator.fillBernoulli($0, probability: p) }
    case "bernoulli_probs":
      let probabilities = [Float](repeating: Float(p), count: count)
      return filled(count) { out in
        probabilities.withUnsafeBufferPointer {
          generator.fillBernoulli(out, probabilities: $0)
        }
      }
    default: return nil
    }
  }

  private func generator(_ item: Fixture) throws -> Generator {
    Generator(seed: UInt64(try #require(item["seed"].int)))
  }

  private func cases(_ kinds: String...) throws -> [Fixture] {
    let found = try Fixture.cases("rng.json").filter { kinds.contains($0["kind"].string ?? "") }
    #expect(!found.isEmpty)
    return found
  }

  @Test func theHashItselfIsRight() {
    let wanted = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    #expect(SHA256.hex(Array("abc".utf8)) == wanted)
  }

  @Test func everyRecordedKindIsTested() throws {
    let kinds = Set(try Fixture.cases("rng.json").compactMap { $0["kind"].string })
    #expect(
      kinds == [
        "uniform", "normal", "dropout_ones", "exponential", "bernoulli_scalar", "bernoulli_probs",
        "randint", "randperm", "multinomial", "sequence", "dataloader", "random_split",
      ])
  }

  @Test(arguments: [
    "uniform", "normal", "dropout_ones", "exponential", "bernoulli_scalar", "bernoulli_probs",
  ])
  func floatDrawsHaveTorchsBits(kind: String) throws {
    for item in try cases(kind) {
      var source = try generator(item)
      let drawn = try #require(floats(item, &source))
      let wanted = item["value"]
      if wanted["i64"].isNull {
        let isEqual =
          wanted.sha256.map { SHA256.hex(floats: drawn) == $0 } ?? (bits(drawn) == wanted.floatBits)
        #expect(isEqual, "\(item["seed"]) \(item["args"])")
      } else {
        #expect(drawn == wanted.integers.map(Float.init), "\(item["seed"]) \(item["args"])")
      }
    }
  }

  @Test func wholeNumberDrawsAreTorchs() throws {
    for item in try cases("randint", "randperm", "multinomial") {
      var source = try generator(item)
      let arguments = item["args"]
      let drawn: [Int]
      switch item["kind"].string {
      case "randint":
        let low = try #require(arguments["low"].int)
        let high = try #require(arguments["high"].int)
        drawn = (0..<(arguments["n"].int ?? 0)).map { _ in
          source.nextInteger(low: low, high: high)
        }
      case "randperm": drawn = source.permutation(try #require(arguments["n"].int))
      default:
        drawn = source.multinomial(
          weights: arguments["weights"].doubles.map(Float.init),
          count: try #require(arguments["count"].int),
          replacement: arguments["replacement"].bool ?? false)
      }
      let place = "\(item["kind"]) \(item["seed"]) \(arguments)"
      if let hash = item["value"].sha256 {
        let isEqual = SHA256.hex(integers: drawn) == hash
        #expect(isEqual, "\(place)")
      } else {
        #expect(drawn == item["value"].integers, "\(place)")
      }
    }
  }

  @Test func theCachedNormalSurvivesOtherDraws() throws {
    for item in try cases("sequence") {
      var source = try generator(item)
      var drawn: [Float] = []
      for call in item["args"]["calls"].array {
        let words = (call.string ?? "").split(separator: " ")
        let count = try #require(words.last.flatMap { Int($0) })
        switch words[0] {
        case "rand": drawn += filled(count) { source.fillUniform($0) }
        case "randn": drawn += filled(count) { source.fillNormal($0) }
        case "randperm": drawn += source.permutation(count).map(Float.init)
        default: Issue.record("unknown call \(words[0])")
        }
      }
      #expect(bits(drawn) == item["value"].floatBits)
    }
  }

  @Test func passesOverRowsAreTorchs() throws {
    for item in try cases("dataloader") {
      var source = try generator(item)
      let arguments = item["args"]
      let batch = try #require(arguments["batch_size"].int)
      for epoch in item["value"].array {
        var rows = [Int32](repeating: 0, count: try #require(arguments["n"].int))
        rows.withUnsafeMutableBufferPointer {
          source.dataLoaderOrder(into: $0, shuffle: arguments["shuffle"].bool ?? false)
        }
        let order = rows.map { Int($0) }
        var batches = stride(from: 0, to: order.count, by: batch).map {
          Array(order[$0..<min($0 + batch, order.count)])
        }
        if arguments["drop_last"].bool == true, batches.last?.count != batch {
          batches.removeLast()
        }
        #expect(batches == epoch.array.map(\.ints))
      }
      let after = filled(2) { source.fillUniform($0) }
      #expect(bits(after) == item["then_rand"].floatBits)
    }
  }

  @Test func splitsAreTorchs() throws {
    for item in try cases("random_split") {
      var source = try generator(item)
      let rows = try #require(item["args"]["n"].int)
      let lengths = item["args"]["lengths"]
      let counts =
        lengths.ints.count == lengths.array.count
        ? lengths.ints : SplitPlan.counts(rows: rows, fractions: lengths.doubles)
      #expect(source.randomSplit(counts: counts) == item["value"].array.map(\.ints))
    }
  }

  @Test func aStoredStateContinuesTheStreamFromAnyPosition() throws {
    for skipped in [0, 1, 3, 623, 624, 625, 1247] {
      var original = Generator(seed: 7)
      _ = original.nextNormal()
      for _ in 0..<skipped { _ = original.nextUInt32() }
      var restored = try #require(Generator(state: original.state))
      #expect(restored.state == original.state)
      let a = filled(1500) { original.fillBernoulli($0, probability: 0.5) }
      let b = filled(1500) { restored.fillBernoulli($0, probability: 0.5) }
      #expect(a == b)
      #expect(original.nextNormal() == restored.nextNormal())
    }
  }

  @Test func aDamagedStateIsRefused() {
    let good = Generator(seed: 1).state
    var short = good
    short.words.removeLast()
    var far = good
    far.position = 625
    var negative = good
    negative.position = -1
    #expect(Generator(state: good) != nil)
    #expect(Generator(state: short) == nil)
    #expect(Generator(state: far) == nil)
    #expect(Generator(state: negative) == nil)
  }

  @Test func bulkMasksEqualDrawsOneByOneAtEveryAlignment() {
    for skipped in [0, 1, 311, 622, 623] {
      for probability in [0, 0.1, 0.5, 0.9, 1, 0x1p-60] {
        var bulk = Generator(seed: 99)
        for _ in 0..<skipped { _ = bulk.nextUInt32() }
        var single = bulk
        let fast = filled(700) { bulk.fillBernoulli($0, probability: probability) }
        let slow = (0..<700).map { _ in single.nextUnit64() < probability ? Float(1) : 0 }
        #expect(fast == slow)
      }
    }
  }

  @Test func dropoutDrawsNothingAtItsEnds() {
    var generator = Generator(seed: 3)
    #expect(filled(5) { generator.fillDropoutScale($0, p: 0) } == [1, 1, 1, 1, 1])
    #expect(filled(5) { generator.fillDropoutScale($0, p: 1) } == [0, 0, 0, 0, 0])
    #expect(generator.state == Generator(seed: 3).state)
  }
}
