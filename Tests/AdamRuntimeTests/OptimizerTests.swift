// Updates against PyTorch's parameters after 1, 2, 10 and 100 steps on given gradients.
import AdamFormulas
import AdamIR
import Testing

@testable import AdamRuntime

@Suite struct OptimizerTests {
  @Test func `adam, adamw and sgd end within 4 ulp of PyTorch on every machine`() throws {
    let fixture = try Fixtures.optimizers()
    let machines = try Machines.all()
    for test in fixture.cases {
      var first: [[UInt32]]?
      for machine in machines {
        let bits = try run(test, fixture, machine, compares: first == nil)
        if let first { #expect(bits == first, "\(test.optimizer) \(test.hyper)") }
        first = first ?? bits
      }
    }
    #expect(fixture.cases.count == 20)
  }

  private func run(
    _ test: OptimizerFixture.Case, _ fixture: OptimizerFixture, _ machine: Runtime, compares: Bool
  ) throws -> [[UInt32]] {
    let rule = try #require(OptimizerRules.named(name(test)))
    let hyper = values(test, rule)
    var plans: [Plan] = []
    for start in fixture.`init` { plans.append(try plan(rule, hyper, start, machine)) }
    for step in 1...100 {
      for (index, plan) in plans.enumerated() {
        let scalars = rule.scalars(hyper, step: step).map { Float($0) }
        plan.parameter(1)?.write(floats: fixture.grads[step - 1][index].floats)
        plan.parameter(plan.function.parameters.count - 1)?.write(floats: scalars)
        plan.run()
        if compares, let wanted = test.after["\(step)"] {
          let pairs = zip(plan.parameter(0)?.floats ?? [], wanted[index].floats)
          for (found, value) in pairs {
            #expect(ulps(found, value) <= 4, "\(test.optimizer) \(test.hyper) step \(step)")
          }
        }
      }
    }
    return plans.map { $0.parameter(0)?.bits ?? [] }
  }

  private func name(_ test: OptimizerFixture.Case) -> String {
    let isDecoupled = test.hyper["decoupled_weight_decay"]?.bool ?? false
    return isDecoupled ? "adamw" : test.optimizer.lowercased()
  }

  private func values(_ test: OptimizerFixture.Case, _ rule: any OptimizerRule.Type) -> [Double] {
    rule.hyperparameters.flatMap { parameter -> [Double] in
      guard let value = test.hyper[parameter.name] else { return parameter.defaults }
      return value.doubles ?? [value.double ?? (value.bool == true ? 1 : 0)]
    }
  }

  /// p, g, slots, scalars → p', slots'.
  private func plan(
    _ rule: any OptimizerRule.Type, _ hyper: [Double], _ start: FixtureTensor, _ machine: Runtime
  ) throws -> Plan {
    let type = TensorType(.f32, Shape(sizes: start.shape))
    var function = TensorFunction(name: rule.name)
    var operands = [function.addParameter(type, name: "p", role: .parameter)]
    operands.append(function.addParameter(type, name: "g", role: .input))
    for slot in rule.slotNames(hyper) {
      operands.append(function.addParameter(type, name: slot, role: .state))
    }
    let scalars = function.addParameter(
      .f32(OptimizerRules.scalarCount), name: "scalars", role: .scalars)
    let op = try #require(OpRegistry.standard[rule.name])
    let results = try function.apply(
      op, operands + [scalars], ["options": .int(rule.options(hyper))])
    let targets = [operands[0]] + operands.dropFirst(2)
    function.results = zip(results, targets).map { FunctionResult($0, "", replaces: $1) }
    return try Plan(function, machine, bindings: [try start.tensor()])
  }
}
