package io.sparkllm.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.domain.ThrowsDeclaration;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * What users see of our classes. A relocated type is one that nobody else can name; a Scala type
 * differs between 2.12 and 2.13, and one jar serves both.
 */
final class SignatureRules {
  private static final List<String> RELOCATED_LIBRARIES =
      List.of("com.fasterxml.jackson.", "org.apache.hc.", "org.apache.http.", "picocli.");

  private SignatureRules() {}

  /**
   * Where public classes, outside the named ones, show a relocated type: as a supertype, in a
   * field, a method, a constructor.
   */
  static List<String> relocatedTypes(Iterable<JavaClass> classes, Set<String> allowed) {
    Predicate<JavaClass> relocated = type -> type.getPackageName().startsWith("io.sparkllm.shaded");
    return exported(classes)
        .filter(type -> !allowed.contains(type.getName()))
        .flatMap(
            type ->
                Stream.concat(
                    supertypes(type).filter(relocated).map(shown -> told(type.getName(), shown)),
                    members(type).flatMap(member -> shown(member, relocated))))
        .toList();
  }

  /**
   * Where public classes show a Scala type in a method, field or constructor that is not Spark's.
   */
  static List<String> scalaTypes(Iterable<JavaClass> classes) {
    Predicate<JavaClass> scala = type -> (type.getPackageName() + ".").startsWith("scala.");
    return exported(classes)
        .flatMap(SignatureRules::members)
        .filter(member -> !overridesSpark(member))
        .flatMap(member -> shown(member, scala))
        .toList();
  }

  /** Where a class, whoever may see it, uses a library that it should have a relocated copy of. */
  static List<String> unrelocated(Iterable<JavaClass> classes) {
    return StreamSupport.stream(classes.spliterator(), false)
        .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
        .filter(
            use ->
                RELOCATED_LIBRARIES.stream()
                    .anyMatch(use.getTargetClass().getBaseComponentType().getName()::startsWith))
        .map(use -> use.getOriginClass().getName() + " uses " + use.getTargetClass().getName())
        .distinct()
        .toList();
  }

  private static Stream<JavaClass> exported(Iterable<JavaClass> classes) {
    return StreamSupport.stream(classes.spliterator(), false).filter(SignatureRules::isExported);
  }

  private static boolean isExported(JavaClass type) {
    return type.getModifiers().contains(JavaModifier.PUBLIC)
        && type.getEnclosingClass().map(SignatureRules::isExported).orElse(true);
  }

  private static Stream<JavaClass> supertypes(JavaClass type) {
    return Stream.concat(type.getSuperclass().stream(), type.getInterfaces().stream())
        .map(JavaType::getAllInvolvedRawTypes)
        .flatMap(Set::stream);
  }

  private static Stream<JavaMember> members(JavaClass type) {
    return type.getMembers().stream()
        .filter(
            member ->
                member.getModifiers().contains(JavaModifier.PUBLIC)
                    || member.getModifiers().contains(JavaModifier.PROTECTED));
  }

  private static Stream<String> shown(JavaMember member, Predicate<JavaClass> forbidden) {
    return types(member)
        .map(JavaClass::getBaseComponentType)
        .filter(forbidden)
        .distinct()
        .map(type -> told(member.getFullName(), type));
  }

  private static Stream<JavaClass> types(JavaMember member) {
    if (member instanceof JavaField field) {
      return field.getAllInvolvedRawTypes().stream();
    }
    JavaCodeUnit code = (JavaCodeUnit) member;
    return Stream.concat(
        code.getAllInvolvedRawTypes().stream(),
        code.getThrowsClause().stream().map(ThrowsDeclaration::getRawType));
  }

  private static boolean overridesSpark(JavaMember member) {
    return member instanceof JavaMethod method
        && Stream.concat(
                method.getOwner().getAllRawSuperclasses().stream(),
                method.getOwner().getAllRawInterfaces().stream())
            .filter(type -> type.getPackageName().startsWith("org.apache.spark"))
            .flatMap(type -> type.getMethods().stream())
            .anyMatch(
                theirs ->
                    theirs.getName().equals(method.getName())
                        && theirs.getParameters().size() == method.getParameters().size());
  }

  private static String told(String where, JavaClass type) {
    return where + " shows " + type.getName();
  }
}
