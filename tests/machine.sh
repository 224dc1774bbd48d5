# The machine that a test kernel needs, to be sourced: take_settings EXPECTATION OUTPUT reads the settings at the head of the
# expectation (see expect.awk), or takes the usual ones, also when there is no such file. Sets console, QEMU's options that
# take what the kernel prints to OUTPUT; options, its further ones; seconds, the limit; expected, the exit status. Fails
# when it asks for an unknown console.

# setting NAME USUAL
setting() {
    found=$(sed -n "s/^$1: *//p" "$expectation" 2>/dev/null)
    echo "${found:-$2}"
}

take_settings() {
    expectation=$1
    case $(setting console com1) in
    com1) console="-serial $2" ;;
    com2) console="-serial null -serial $2" ;;
    com3) console="-serial null -serial null -serial $2" ;;
    com4) console="-serial null -serial null -serial null -serial $2" ;;
    debugcon) console="-serial none -debugcon $2" ;;
    *) return 1 ;;
    esac
    options=$(setting qemu '')
    seconds=$(setting timeout 20)
    expected=$(setting exit 33) # EXIT_REPORTED of boot/kernel.h
}
