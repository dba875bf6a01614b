/* SMP-bench in C with dense active lists: the program that the speed target is stated against.
 *
 *   cc -O3 -march=native -std=c11 pipeline_lists.c -o pipeline_lists -lm
 *   ./pipeline_lists N SEED REPEATS
 *
 * Written straightforwardly: a struct for each trainee and a list of those in each stage, each of
 * whom is visited each month. pipeline.c dates events in advance and visits nobody for nothing.
 */
#define _POSIX_C_SOURCE 199309L
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    MONTHS = 120, INTAKE = 60, TRAINING = 10, INSTITUTIONS = 10, EMPLOYERS = 20,
    PATIENCE = 12, RETENTION = 12, VISA_WAIT = 3, NEVER = 255
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

static inline int happens(Rng *r, double p) { return next_u64(r) < (uint64_t)(p * 0x1p64); }

static inline int64_t below(Rng *r, int64_t n) { /* n < 2^32 */
    return (int64_t)(((next_u64(r) >> 32) * (uint64_t)n) >> 32);
}

/* ---- the pipeline ---- */
typedef struct {
    uint8_t institution, employer;
    uint8_t enrolled, graduated, applied, placed, left; /* in which month, or NEVER */
    uint8_t unused; /* makes it 8 bytes */
} Trainee;
typedef struct { uint8_t employer, quit; } Event; /* quit early, or else was retained */
typedef struct { int64_t training, pool, visa, working, left, placed, cost; } Record;

typedef struct {
    int64_t n;
    Trainee *trainee;
    uint32_t *training, *pool, *visa, *working; /* ids; pool and visa are queues */
    Event *event;
    Record record[MONTHS];
} Pipeline;

/* whole units due in month t of a flow of num/den a month, the fraction carried (exactly) */
static int64_t due(int64_t num, int64_t den, int t) { return num * (t + 1) / den - num * t / den; }

static void simulate(Pipeline *p, Rng *seeded) {
    Rng rng = *seeded;
    Trainee *trainee = p->trainee;
    int64_t n = p->n, enrolled = 0, training = 0, working = 0, placed = 0, cost = 0;
    int64_t pool_head = 0, pool_tail = 0, visa_head = 0, visa_tail = 0, vacancies[EMPLOYERS] = {0};
    int employer = 0;
    double trust[EMPLOYERS];
    for (int e = 0; e < EMPLOYERS; e++) trust[e] = TRUST_START;

    for (int t = 0; t < MONTHS; t++) {
        uint8_t month = (uint8_t)t;
        /* 1 enrol */
        for (int64_t left = t < INTAKE ? due(n, INTAKE, t) : 0; left; left--, enrolled++) {
            trainee[enrolled] = (Trainee){(uint8_t)(enrolled % INSTITUTIONS), NEVER, month,
                                          NEVER, NEVER, NEVER, NEVER, 0};
            p->training[training++] = (uint32_t)enrolled;
        }
        /* 2 training: pay, drop out, sit the exam at the end of the last month */
        cost += TRAINING_COST * training;
        int64_t kept = 0;
        for (int64_t i = 0; i < training; i++) {
            uint32_t id = p->training[i];
            Trainee *x = &trainee[id];
            if (happens(&rng, DROPOUT)) {
                x->left = month;
            } else if (t - x->enrolled < TRAINING - 1) {
                p->training[kept++] = id;
            } else if (happens(&rng, PASS)) {
                x->graduated = month;
                p->pool[pool_tail++] = id;
            } else {
                x->left = month;
            }
        }
        training = kept;

        /* 3 pool: jobs at home for those who have waited too long */
        while (pool_head < pool_tail && t - trainee[p->pool[pool_head]].graduated > PATIENCE)
            trainee[p->pool[pool_head++]].left = month;

        /* 4 retention: quits, then what they and the retained do to trust, in random order */
        int64_t events = 0;
        kept = 0;
        for (int64_t i = 0; i < working; i++) {
            uint32_t id = p->working[i];
            Trainee *x = &trainee[id];
            int months = t - x->placed;
            if (happens(&rng, QUIT)) {
                x->left = month;
                if (months <= RETENTION) p->event[events++] = (Event){x->employer, 1};
            } else {
                p->working[kept++] = id;
                if (months == RETENTION) p->event[events++] = (Event){x->employer, 0};
            }
        }
        working = kept;
        for (; events; events--) { /* draw one of those left, apply it, fill its gap */
            int64_t i = below(&rng, events);
            double *level = &trust[p->event[i].employer];
            if (p->event[i].quit)
                *level *= 1 - TRUST_STEP;
            else
                *level += TRUST_STEP * (1 - *level);
            p->event[i] = p->event[events - 1];
        }
        /* 5 matching: first come first served, employers round robin */
        int64_t open = 0, opened = due(n, 100 * EMPLOYERS, t); /* 0.6 N/60/20 a month */
        for (int e = 0; e < EMPLOYERS; e++) {
            vacancies[e] += opened;
            if (trust[e] > TRUST_NEEDED) open += vacancies[e];
        }
        for (; open && pool_head < pool_tail; open--) {
            while (!vacancies[employer] || trust[employer] <= TRUST_NEEDED)
                employer = (employer + 1) % EMPLOYERS;
            uint32_t id = p->pool[pool_head++];
            trainee[id].employer = (uint8_t)employer;
            trainee[id].applied = month;
            p->visa[visa_tail++] = id;
            vacancies[employer]--;
            cost += MATCHING_COST;
            employer = (employer + 1) % EMPLOYERS;
        }
        /* 6 visa, 0.5 N/60 decisions a month */
        for (int64_t left = due(n, 2 * INTAKE, t); left && visa_head < visa_tail; left--) {
            uint32_t id = p->visa[visa_head];
            Trainee *x = &trainee[id];
            if (t - x->applied < VISA_WAIT) break;
            visa_head++;
            if (happens(&rng, APPROVAL)) {
                x->placed = month;
                p->working[working++] = id;
                placed++;
            } else {
                x->left = month;
                vacancies[x->employer]++;
            }
        }
        /* 7 record */
        int64_t pool = pool_tail - pool_head, visa = visa_tail - visa_head;
        p->record[t] = (Record){training, pool, visa, working,
                                enrolled - training - pool - visa - working, placed, cost};
    }
    *seeded = rng;
}

/* memory for n records, its pages touched before anything is timed */
static void *room(int64_t n, size_t size) {
    void *memory = malloc((size_t)n * size);
    if (!memory) {
        fprintf(stderr, "pipeline_lists: out of memory\n");
        exit(1);
    }
    return memset(memory, 1, (size_t)n * size);
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
        fprintf(stderr, "usage: pipeline_lists N SEED REPEATS\n");
        return 2;
    }
    static Pipeline p;
    p.n = n;
    p.trainee = room(n, sizeof *p.trainee);
    uint32_t **list[] = {&p.training, &p.pool, &p.visa, &p.working};
    for (int i = 0; i < 4; i++) *list[i] = room(n, sizeof **list[i]);
    p.event = room(n, sizeof *p.event);
    size_t bytes = sizeof *p.trainee + 4 * sizeof *p.training + sizeof *p.event;

    Rng rng;
    seed_rng(&rng, strtoull(argv[2], NULL, 10));
    double placed = 0, placed2 = 0, cost = 0, working = 0, pool_months = 0, seconds = 0;
    for (int64_t i = 0; i < repeats; i++) {
        double start = now();
        simulate(&p, &rng);
        seconds += now() - start;
        double x = (double)p.record[MONTHS - 1].placed;
        placed += x;
        placed2 += x * x;
        cost += (double)p.record[MONTHS - 1].cost;
        working += (double)p.record[MONTHS - 1].working;
        for (int t = 0; t < MONTHS; t++) pool_months += (double)p.record[t].pool;
    }
    double r = (double)repeats, d = repeats > 1 ? r - 1 : 1;
    double sd = sqrt(fmax(0, (placed2 - placed * placed / r) / d));
    printf("{\"placed\": %.6f, \"cost\": %.3f, \"seconds\": %.9g, \"bytes_per_trainee\": %zu, ",
           placed / r, cost / r, seconds / r, bytes);
    printf("\"placed_sd\": %.6f, \"working\": %.6f, \"pool_months\": %.6f, \"peak_mb\": %.3f}\n",
           sd, working / r, pool_months / r, peak_mb());
    free(p.event);
    for (int i = 0; i < 4; i++) free(*list[i]);
    free(p.trainee);
    return 0;
}
