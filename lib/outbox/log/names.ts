const names = /^(segment-\d{12}|checkpoint-[ab]|reserve|lock|lock-[0-9a-f]+|damaged-.+)$/

/** Whether a file in a folder is of a log. */
export const isLogFile = (name: string): boolean => names.test(name)
