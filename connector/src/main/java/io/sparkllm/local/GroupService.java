package io.sparkllm.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/** Answers calls that ask for many things, item by item, with the scripted faults. Thread-safe. */
final class GroupService {
  private final ServerState state;
  private final AtomicLong numbers = new AtomicLong();

  GroupService(ServerState state) {
    this.state = state;
  }

  void reset() {
    numbers.set(0);
  }

  /**
   * Answers a call.
   *
   * @param asking the whole call
   * @param fault that the whole call meets; null = none
   * @param rules for items
   * @param model whose answers are given
   * @param id suffix of the reply's id
   * @throws ApiException when an item fails and the reply has no place for its error
   */
  Outcome serve(
      GroupRequest group,
      FaultPlan.Asking asking,
      Fault fault,
      FaultPlan rules,
      String model,
      String id) {
    List<Digest> answered = new ArrayList<>(group.items());
    Served atOnce = group.atOnce(model, id);
    if (atOnce != null) {
      for (int item = 0; item < group.items(); item++) {
        answered.add(asked(group, item, asking.path()).digest());
      }
      return new Outcome(atOnce, answered, true);
    }
    List<JsonNode> parts = new ArrayList<>(group.items());
    int tokens = 0;
    for (int item = 0; item < group.items(); item++) {
      FaultPlan.Asking one = asked(group, item, asking.path());
      Fault own = rules.find(one);
      if (own != null && own.kind() == FaultKind.OMIT) {
        continue;
      }
      try {
        refuse(own, group.model());
        if (own != null && own.kind() == FaultKind.JSON) {
          parts.add(own.body());
          continue;
        }
        String special = own == null ? null : own.kind().specialModel();
        GroupRequest.Part part =
            group.part(item, special == null ? model : special, id + "-" + item);
        tokens += part.completionTokens();
        answered.add(one.digest());
        parts.add(part.body());
        if (own != null && own.kind() == FaultKind.DOUBLE) {
          parts.add(part.body());
        }
      } catch (ApiException e) {
        if (!group.tellsErrors()) {
          throw e;
        }
        boolean literal = own != null && own.body() != null;
        parts.add(group.error(item, literal ? own.body() : e.error().body()));
      }
    }
    boolean right = disturb(parts, group, asking, fault);
    return new Outcome(group.compose(parts, tokens, id), answered, right);
  }

  /** The fault of a thing that is asked for alone; null = none, or one that only lists can have. */
  Fault alone(FaultPlan.Asking call, FaultPlan rules) {
    FaultPlan.Asking one =
        new FaultPlan.Asking(
            call.digest(),
            call.asked(),
            numbers.incrementAndGet(),
            call.says(),
            call.path(),
            null,
            FaultPlan.Extent.ONE);
    Fault fault = rules.find(one);
    boolean ofLists =
        fault != null && (fault.kind() == FaultKind.OMIT || fault.kind() == FaultKind.DOUBLE);
    return ofLists ? null : fault;
  }

  private static void refuse(Fault own, String model) {
    if (own != null && own.kind() != FaultKind.JSON && !own.kind().answers()) {
      throw FaultReplies.error(own, model).exception();
    }
  }

  private FaultPlan.Asking asked(GroupRequest group, int item, String path) {
    long number = numbers.incrementAndGet();
    Digest digest = group.digest(item);
    int asked = state.script().trackPrompts() ? state.prompts().ask(digest) : (int) number;
    return new FaultPlan.Asking(
        digest,
        asked,
        number,
        words -> group.says(item, words),
        path,
        null,
        new FaultPlan.Extent(1, 0, item));
  }

  /**
   * Changes the list as a fault of the whole call has it; tells whether items can still be told.
   */
  private static boolean disturb(
      List<JsonNode> parts, GroupRequest group, FaultPlan.Asking asking, Fault fault) {
    if (fault == null || parts.isEmpty()) {
      return true;
    }
    switch (fault.kind()) {
      case SHUFFLE -> {
        if (group.tellsPlaces()) {
          shuffle(parts, new Random(asking.digest().low() + asking.asked()));
        }
        return true;
      }
      case SHORT_LIST -> parts.remove(parts.size() - 1);
      case LONG_LIST -> parts.add(group.surplus(parts.get(parts.size() - 1)));
      default -> {
        return true;
      }
    }
    return group.tellsPlaces();
  }

  private static void shuffle(List<JsonNode> parts, Random random) {
    List<JsonNode> before = List.copyOf(parts);
    Collections.shuffle(parts, random);
    if (parts.equals(before)) {
      Collections.rotate(parts, 1);
    }
  }
}
