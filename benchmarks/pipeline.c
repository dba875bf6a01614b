/* SMP-bench in C: the speed limit that the simulators are compared with.
 *
 *   cc -O3 -march=native -std=c11 pipeline.c -o pipeline -lm
 *   ./pipeline N SEED REPEATS
 *
 * Every trainee is a record of 4 bytes with its own random draws. Two draws fix a life: one at
 * enrolment (dropout month, exam), one at the visa decision (refusal, month of quitting). Their
 * events are filed under the month in which they happen, so nobody is visited twice for nothing.
 */
#define _POSIX_C_SOURCE 199309L
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    MONTHS = 120, INTAKE = 60, TRAINING = 10, INSTITUTIONS = 10, EMPLOYERS = 20,
    PATIENCE = 12,  /* months a graduate waits before taking a job at home */
    RETENTION = 12, /* months of work after which a placement counts as retained */
    VISA_WAIT = 3, NEVER = 255
};
static const double DROPOUT = 0.015, PASS = 0.76, QUIT = 0.02, APPROVAL = 0.9;
static const double TRUST_START = 0.5, TRUST_NEEDED = 0.2, TRUST_STEP = 0.05;
static const int64_t TRAINING_COST = 400, MATCHING_COST = 3200;

/* ---- random numbers: xoshiro256+ seeded by splitmix64 ---- */
typedef struct { uint64_t s[4]; } Rng;

static inline uint64_t rotl(uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }

static inline uint64_t next_u64(Rng *r) {
    uint64_t *s = r->s, out = s[0] + s[3], t = s[1] << 17;
    s[2] ^= s[0]; s[3] ^= s[1]; s[1] ^= s[2]; s[0] ^= s[3];
    s[2] ^= t; s[3] = rotl(s[3], 45);
    return out;
}

static void seed_rng(Rng *r, uint64_t x) {
    for (int i = 0; i < 4; i++) {
        uint64_t z = (x += 0x9e3779b97f4a7c15u);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        r->s[i] = z ^ (z >> 31);
    }
}

/* ---- alias tables (Walker, Vose): one draw, one look-up, no loop over outcomes ---- */
enum { MAX_OUTCOMES = 128 };
typedef struct {
    int shift; /* the top bits of a draw choose a column, the 32 bits below one of its outcomes */
    struct { uint32_t keep; uint8_t outcome[2]; } column[MAX_OUTCOMES];
} Alias;

static void build_alias(Alias *a, int bits, const double *p) {
    int n = 1 << bits, small[MAX_OUTCOMES], large[MAX_OUTCOMES], ns = 0, nl = 0;
    double share[MAX_OUTCOMES];
    a->shift = 64 - bits;
    for (int i = 0; i < n; i++) {
        share[i] = p[i] * n;
        a->column[i].keep = UINT32_MAX;
        a->column[i].outcome[0] = a->column[i].outcome[1] = (uint8_t)i;
        if (share[i] < 1) small[ns++] = i; else large[nl++] = i;
    }
    while (ns && nl) {
        int s = small[--ns], l = large[nl - 1];
        a->column[s].keep = (uint32_t)(share[s] * 4294967296.0);
        a->column[s].outcome[1] = (uint8_t)l;
        share[l] -= 1 - share[s];
        if (share[l] < 1) { nl--; small[ns++] = l; }
    }
}

static inline unsigned draw(const Alias *a, Rng *r) {
    uint64_t u = next_u64(r);
    unsigned c = (unsigned)(u >> a->shift);
    uint32_t v = (uint32_t)(u >> (a->shift - 32));
    return a->column[c].outcome[v >= a->column[c].keep]; /* no branch to mispredict */
}

/* Fate at enrolment: 0 ... 9 drops out in that month of training, else: */
enum { FAILS = TRAINING, GRADUATES, FATES };
/* Visa decision: 0 refused, k quits in the k-th month of work (the last one: after the horizon) */
enum { LATEST_QUIT = MAX_OUTCOMES - 1 };

static Alias training_fate, visa_fate;

static void build_tables(void) {
    double p[MAX_OUTCOMES] = {0}, stays = 1;
    for (int k = 0; k < TRAINING; k++, stays *= 1 - DROPOUT) p[k] = stays * DROPOUT;
    p[FAILS] = stays * (1 - PASS);
    p[GRADUATES] = stays * PASS;
    build_alias(&training_fate, 4, p);
    memset(p, 0, sizeof p);
    p[0] = 1 - APPROVAL;
    stays = APPROVAL;
    for (int k = 1; k < LATEST_QUIT; k++, stays *= 1 - QUIT) p[k] = stays * QUIT;
    p[LATEST_QUIT] = stays;
    build_alias(&visa_fate, 7, p);
}

/* ---- the pipeline ---- */
typedef struct { uint8_t institution, employer, placed, left; } Trainee; /* months, or NEVER */
typedef struct { int64_t training, pool, visa, working, left, placed, cost; } Record;
enum { QUITS, RETAINED, TRUST_EVENTS }; /* a worker causes one or the other, once */

typedef struct {
    int64_t n;
    Trainee *trainee;
    uint32_t *queue; /* graduates by id, also filled from the front with the visa applicants */
    Record record[MONTHS];
    double trust[EMPLOYERS];
    int64_t vacancies[EMPLOYERS];
    uint32_t events[MONTHS + LATEST_QUIT][EMPLOYERS][TRUST_EVENTS];
    int64_t leaves_training[MONTHS], leaves_work[MONTHS + LATEST_QUIT];
    int64_t graduated[MONTHS], applied[MONTHS]; /* cumulative, by month */
} Pipeline;

/* whole units due in month t of a flow of num/den a month, the fraction carried (exactly) */
static int64_t due(int64_t num, int64_t den, int t) { return num * (t + 1) / den - num * t / den; }

static void simulate(Pipeline *p, Rng *seeded) {
    Rng rng = *seeded; /* local, so that the compiler keeps it in registers */
    Trainee *trainee = p->trainee;
    uint32_t *queue = p->queue;
    int64_t n = p->n, enrolled = 0, graduates = 0, pool_head = 0, pool_tail = 0;
    int64_t visa_head = 0, visa_tail = 0, training = 0, working = 0, placed = 0, cost = 0;
    unsigned institution = 0, employer = 0;
    memset(p->record, 0, sizeof *p - offsetof(Pipeline, record));
    for (int e = 0; e < EMPLOYERS; e++) p->trust[e] = TRUST_START;

    for (int t = 0; t < MONTHS; t++) {
        /* 1 enrol, with the whole training drawn at once */
        if (t < INTAKE) {
            int64_t end = enrolled + due(n, INTAKE, t), fates[FATES] = {0};
            training += end - enrolled;
            for (; enrolled < end; enrolled++) {
                unsigned fate = draw(&training_fate, &rng);
                unsigned last = (unsigned)t + (fate < TRAINING ? fate : TRAINING - 1);
                trainee[enrolled] = (Trainee){(uint8_t)institution, NEVER, NEVER,
                                              fate == GRADUATES ? NEVER : (uint8_t)last};
                institution = institution + 1 == INSTITUTIONS ? 0 : institution + 1;
                queue[graduates] = (uint32_t)enrolled; /* overwritten unless a graduate */
                graduates += fate == GRADUATES;
                fates[fate]++;
            }
            for (int k = 0; k < TRAINING; k++) p->leaves_training[t + k] += fates[k];
            p->leaves_training[t + TRAINING - 1] += fates[FAILS] + fates[GRADUATES];
            p->graduated[t + TRAINING - 1] = graduates;
        }
        /* 2 training: pay, then let go who drops out or has sat the exam */
        cost += TRAINING_COST * training;
        training -= p->leaves_training[t];
        if (p->graduated[t]) pool_tail = p->graduated[t];

        /* 3 pool: jobs at home for those who graduated more than PATIENCE months ago */
        if (t > PATIENCE)
            for (; pool_head < p->graduated[t - PATIENCE - 1]; pool_head++)
                trainee[queue[pool_head]].left = (uint8_t)t;

        /* 4 retention: the month's events at each employer, in random order */
        working -= p->leaves_work[t];
        for (int e = 0; e < EMPLOYERS; e++) {
            uint64_t quits = p->events[t][e][QUITS], left = quits + p->events[t][e][RETAINED];
            double trust = p->trust[e];
            for (; left; left--) {
                int quit = (uint64_t)(((next_u64(&rng) >> 32) * left) >> 32) < quits;
                quits -= (uint64_t)quit;
                trust = trust * (1 - TRUST_STEP) + (quit ? 0 : TRUST_STEP);
            }
            p->trust[e] = trust;
        }
        /* 5 matching: first come first served, employers round robin */
        int64_t open = 0, opened = due(n, 100 * EMPLOYERS, t); /* 0.6 N/60/20 a month */
        for (int e = 0; e < EMPLOYERS; e++) {
            p->vacancies[e] += opened;
            if (p->trust[e] > TRUST_NEEDED) open += p->vacancies[e];
        }
        int64_t waiting = pool_tail - pool_head, matched = waiting < open ? waiting : open;
        cost += MATCHING_COST * matched;
        for (; matched; matched--, pool_head++) {
            while (!(p->vacancies[employer] > 0 && p->trust[employer] > TRUST_NEEDED))
                employer = employer + 1 == EMPLOYERS ? 0 : employer + 1;
            uint32_t id = queue[pool_head];
            trainee[id].employer = (uint8_t)employer;
            p->vacancies[employer]--;
            queue[visa_tail++] = id;
            employer = employer + 1 == EMPLOYERS ? 0 : employer + 1;
        }
        p->applied[t] = visa_tail;

        /* 6 visa, with the whole working life drawn at once */
        int64_t ripe = t < VISA_WAIT ? 0 : p->applied[t - VISA_WAIT];
        int64_t end = visa_head + due(n, 2 * INTAKE, t); /* 0.5 N/60 decisions a month */
        for (end = end < ripe ? end : ripe; visa_head < end; visa_head++) {
            Trainee *x = &trainee[queue[visa_head]];
            unsigned quit = draw(&visa_fate, &rng), month = (unsigned)t + quit;
            if (quit == 0) {
                p->vacancies[x->employer]++;
                x->left = (uint8_t)t;
                continue;
            }
            x->placed = (uint8_t)t;
            x->left = month < MONTHS ? (uint8_t)month : NEVER;
            p->leaves_work[month]++;
            unsigned decisive = (unsigned)t + (quit <= RETENTION ? quit : RETENTION);
            p->events[decisive][x->employer][quit <= RETENTION ? QUITS : RETAINED]++;
            placed++;
            working++;
        }
        /* 7 record */
        int64_t pool = pool_tail - pool_head, visa = visa_tail - visa_head;
        p->record[t] = (Record){training, pool, visa, working,
                                enrolled - training - pool - visa - working, placed, cost};
    }
    *seeded = rng;
}

/* Peak memory. Not ru_maxrss: on Linux that includes the process which started this program. */
static double peak_mb(void) {
    char line[128];
    long kb = 0;
    FILE *f = fopen("/proc/self/status", "r");
    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, "VmHWM: %ld", &kb) == 1) break;
    if (f) fclose(f);
    return (double)kb / 1024; /* 0: unknown */
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int main(int argc, char **argv) {
    int64_t n = argc == 4 ? atoll(argv[1]) : 0, repeats = argc == 4 ? atoll(argv[3]) : 0;
    if (n < 1 || n > UINT32_MAX || repeats < 1) {
        fprintf(stderr, "usage: pipeline N SEED REPEATS\n");
        return 2;
    }
    Pipeline *p = calloc(1, sizeof *p);
    size_t bytes = sizeof *p->trainee + sizeof *p->queue;
    if (p) {
        p->n = n;
        p->trainee = malloc((size_t)n * sizeof *p->trainee);
        p->queue = malloc((size_t)(n + 1) * sizeof *p->queue); /* + 1: branch-free append */
    }
    if (!p || !p->trainee || !p->queue) {
        fprintf(stderr, "pipeline: out of memory\n");
        return 1;
    }
    memset(p->trainee, 0, (size_t)n * sizeof *p->trainee); /* touch the pages before timing */
    memset(p->queue, 0, (size_t)(n + 1) * sizeof *p->queue);
    build_tables();

    Rng rng;
    seed_rng(&rng, strtoull(argv[2], NULL, 10));
    double placed = 0, placed2 = 0, cost = 0, working = 0, pool_months = 0, seconds = 0;
    for (int64_t i = 0; i < repeats; i++) {
        double start = now();
        simulate(p, &rng);
        seconds += now() - start;
        double x = (double)p->record[MONTHS - 1].placed;
        placed += x;
        placed2 += x * x;
        cost += (double)p->record[MONTHS - 1].cost;
        working += (double)p->record[MONTHS - 1].working;
        for (int t = 0; t < MONTHS; t++) pool_months += (double)p->record[t].pool;
    }
    double r = (double)repeats, d = repeats > 1 ? r - 1 : 1;
    double sd = sqrt(fmax(0, (placed2 - placed * placed / r) / d));
    printf("{\"placed\": %.6f, \"cost\": %.3f, \"seconds\": %.9g, \"bytes_per_trainee\": %zu, ",
           placed / r, cost / r, seconds / r, bytes);
    printf("\"placed_sd\": %.6f, \"working\": %.6f, \"pool_months\": %.6f, \"peak_mb\": %.3f}\n",
           sd, working / r, pool_months / r, peak_mb());
    free(p->queue);
    free(p->trainee);
    free(p);
    return 0;
}
