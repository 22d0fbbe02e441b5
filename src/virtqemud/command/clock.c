/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* -rtc and the timers that are not properties of the processor. */
#include "virtqemud/command/build.h"

static const ClockTimer *find_timer(const DomainClock *clock, TimerName name)
{
    for (guint i = 0; clock->timers && i < clock->timers->len; i++) {
        const ClockTimer *timer = g_ptr_array_index(clock->timers, i);

        if (timer->name == name)
            return timer;
    }
    return NULL;
}

static char *format_time(GDateTime *time)
{
    return g_date_time_format(time, "%Y-%m-%dT%H:%M:%S");
}

/* The guest's time at its start, or a word for it. */
static char *clock_base(const DomainClock *clock)
{
    g_autoptr(GDateTime) now = NULL;
    g_autoptr(GDateTime) base = NULL;

    switch ((int)clock->offset) {
    case CLOCK_UTC:
        return g_strdup("utc");
    case CLOCK_LOCALTIME:
    case CLOCK_TIMEZONE: /* by the TZ in the environment */
        return g_strdup("localtime");
    case CLOCK_ABSOLUTE:
        base = g_date_time_new_from_unix_utc((gint64)clock->start_s);
        return base ? format_time(base) : g_strdup("utc");
    default:
        now = clock->basis == CLOCK_BASIS_LOCALTIME ? g_date_time_new_now_local() : g_date_time_new_now_utc();
        base = g_date_time_add_seconds(now, (double)clock->adjustment_s);
        return base ? format_time(base) : g_strdup("utc");
    }
}

static void add_rtc(CommandBuild *build)
{
    const DomainClock *clock = build->def->clock;
    const ClockTimer *rtc = find_timer(clock, TIMER_RTC);
    g_autofree char *base = clock_base(clock);
    g_autoptr(GString) options = g_string_new("base=");

    g_string_append(options, base);
    if (rtc) {
        static const char *const tracks[] = {[TIMER_TRACK_BOOT] = NULL,
                                             [TIMER_TRACK_GUEST] = "vm",
                                             [TIMER_TRACK_WALL] = "host",
                                             [TIMER_TRACK_REALTIME] = "rt"};

        option_append(options, "clock", tracks[rtc->track]);
        if (rtc->tick_policy == TICKPOLICY_CATCHUP)
            option_append(options, "driftfix", "slew");
    }
    command_add(build->command, "-rtc", options->str);
    if (clock->offset == CLOCK_TIMEZONE && clock->timezone)
        command_add_env(build->command, "TZ", clock->timezone);
}

void build_clock(CommandBuild *build)
{
    const DomainClock *clock = build->def->clock;
    const ClockTimer *pit = find_timer(clock, TIMER_PIT);
    const ClockTimer *hpet = find_timer(clock, TIMER_HPET);

    add_rtc(build);
    if (pit && pit->tick_policy != TICKPOLICY_DEFAULT && build->def->virt_type == VIRT_KVM)
        command_addf(build->command, "-global", "kvm-pit.lost_tick_policy=%s", tick_policies[pit->tick_policy]);
    if (hpet && hpet->present == XML_BOOL_NO)
        command_add(build->command, "-no-hpet", NULL);
}
