import Testing
import VC3Reconciling

@Suite struct WorkQueueTests {
    @Test func keyAddedTwiceBeforeItsTurnIsTakenOnce() async {
        let queue = WorkQueue<String>()
        await queue.add("a")
        await queue.add("b")
        await queue.add("a")
        #expect(await queue.next() == "a")
        #expect(await queue.next() == "b")
        await queue.close()
        #expect(await queue.next() == nil)
    }

    @Test func keyAddedDuringItsTurnGetsAnother() async {
        let queue = WorkQueue<String>()
        await queue.add("a")
        let key = await queue.next()
        await queue.add("a")
        await queue.add("b")
        #expect(await queue.next() == "b")
        await queue.finish(key ?? "")
        #expect(await queue.next() == "a")
    }

    @Test func waitingTakerGetsTheKeyThatComesLater() async {
        let queue = WorkQueue<Int>()
        async let taken = queue.next()
        await queue.add(7)
        #expect(await taken == 7)
    }

    @Test func delayedKeysComeInTheOrderOfTheirTimes() async {
        let queue = WorkQueue<Int>()
        let begin = ContinuousClock.now
        await queue.add(2, at: begin + .milliseconds(40))
        await queue.add(1, at: begin + .milliseconds(5))
        await queue.add(2, at: begin + .seconds(3600))
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await queue.runTimer() }
            #expect(await queue.next() == 1)
            #expect(await queue.next() == 2)
            #expect(ContinuousClock.now - begin >= .milliseconds(40))
            await queue.close()
        }
    }

    /// Each round adds a far key and, at once, a near one: the timer must not sleep through the near one.
    @Test(.timeLimit(.minutes(5))) func nearerTimeAddedAtAnyMomentWakesTheTimer() async {
        let queue = WorkQueue<Int>()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await queue.runTimer() }
            for round in 0..<2000 {
                await queue.add(-1 - round, at: .now + .seconds(3600))
                if round.isMultiple(of: 3) { await Task.yield() }
                await queue.add(round, at: .now + .microseconds(50))
                #expect(await queue.next() == round)
                await queue.finish(round)
            }
            await queue.close()
        }
    }
}
