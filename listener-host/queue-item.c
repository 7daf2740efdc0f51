/* Links are part of the items, as each of them goes through several lists. */

#include "listener-host/queue-item.h"

QueueItem *queue_item_new(const Event *event, uint64_t poolserial)
{
        QueueItem *item = g_new0(QueueItem, 1);

        item->link.data = item;
        item->event = event_ref(event);
        item->poolserial = poolserial;
        return item;
}

void queue_item_free(QueueItem *item)
{
        event_unref(item->event);
        g_free(item);
}

static bool is_older(const QueueItem *a, const QueueItem *b)
{
        return a->event->serial < b->event->serial;
}

static bool is_due_before(const QueueItem *a, const QueueItem *b)
{
        return a->due_usec < b->due_usec;
}

const QueueItem *queue_item_older(const QueueItem *a, const QueueItem *b)
{
        return !a || is_older(b, a) ? b : a;
}

bool queue_item_is_in(const GQueue *list, uint64_t serial)
{
        for (const GList *link = list->head; link; link = link->next)
                if (((const QueueItem *)link->data)->event->serial == serial)
                        return true;
        return false;
}

void queue_item_append(QueueItem *item, GQueue *list)
{
        item->list = list;
        g_queue_push_tail_link(list, &item->link);
}

static void insert(QueueItem *item, GQueue *list,
                bool (*is_before)(const QueueItem *a, const QueueItem *b))
{
        GList *sibling = list->head;

        while (sibling && is_before(sibling->data, item))
                sibling = sibling->next;
        item->list = list;
        g_queue_insert_before_link(list, sibling, &item->link);
}

void queue_item_insert_by_serial(QueueItem *item, GQueue *list)
{
        insert(item, list, is_older);
}

void queue_item_insert_by_due(QueueItem *item, GQueue *list)
{
        insert(item, list, is_due_before);
}

void queue_item_leave(QueueItem *item)
{
        g_queue_unlink(item->list, &item->link);
        item->list = NULL;
}

void queue_item_free_all(GQueue *list)
{
        while (list->head) {
                QueueItem *item = list->head->data;

                queue_item_leave(item);
                queue_item_free(item);
        }
}
