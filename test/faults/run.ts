import { inFolder } from '../outbox/places'
import { inventory, lostOf, runVictim, type Told } from '../outbox/victims'
import { damagedFiles } from './damage'
import { measure } from './measure'
import { powerCuts } from './power-cut'
import { smallDisks } from './small-disks'
import { type Row, table } from './table'

const kills = Number(process.env['KILLS'] ?? 500)
const cuts = Number(process.env['CUTS'] ?? 100)
/** A control that loses less shows that the rig doesn't cut. */
const controlMustLose = 0.9

async function killed(): Promise<Row> {
  return inFolder(async (folder) => {
    const told: Told = { accepted: new Set(), delivered: new Map() }
    for (let kill = 0; kill < kills; kill++) {
      const victim = await runVictim(folder, `k${kill}`, 1 + Math.floor(Math.random() * 800), told)
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 100))
      await victim.kill()
    }
    const lost = lostOf(told, await inventory(folder)).length
    const duplicated = [...told.delivered.values()].filter((times) => times > 1).length
    return { fault: 'kill -9', repetitions: kills, accepted: told.accepted.size, lost, duplicated }
  })
}

async function main(): Promise<void> {
  const rows: Row[] = [await killed()]
  let isVoid = false
  if (process.getuid?.() === 0) {
    const control = await powerCuts(cuts, 'unsynced')
    isVoid = control.cutsWithLoss < cuts * controlMustLose
    rows.push(await powerCuts(cuts, ''), control)
    console.log(`The control lost data in ${control.cutsWithLoss} of ${cuts} cuts.`)
    // What follows may fail, and takes long.
    console.log(table(rows))
    rows.push(...(await smallDisks()))
  } else console.warn('SKIPPED: power cuts and small disks need root, to mount images.')
  console.log(table(rows))
  const damaged = await damagedFiles()
  console.log(damaged.table)
  if (isVoid) console.error('VOID: the control must lose data in nine of ten cuts.')
  const isLossy = rows.some(({ fault, lost }) => lost > 0 && !fault.includes('CONTROL'))
  const isKept = await measure()
  process.exitCode = isVoid || isLossy || !damaged.isKept || !isKept ? 1 : 0
}

void main()
